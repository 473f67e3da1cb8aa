/** A customer of retailCRM as our flat output, and our input as a customer. */
import type { Context, JsonObject } from "../kit/define.ts";
import { filled, isObject, listOf, numberOf, objectOf, textOf, textsOf } from "../kit/read.ts";
import { customValues } from "./custom.ts";
import { custom, dayOf, localTime, namesIn, numeric, type ReadTime, source, sourceBody } from "./shapes.ts";

export function customerOf(record: JsonObject, time: ReadTime): JsonObject {
  const phones = listOf(record.phones)
    .map((phone) => textOf(isObject(phone) ? phone.number : phone))
    .filter((number) => number !== null);
  const address = objectOf(record.address);
  return {
    id: textOf(record.id),
    externalId: textOf(record.externalId),
    firstName: textOf(record.firstName),
    lastName: textOf(record.lastName),
    patronymic: textOf(record.patronymic),
    phone: phones[0] ?? null,
    phones,
    email: textOf(record.email),
    site: textOf(record.site),
    managerId: textOf(record.managerId),
    address: textOf(address.text),
    city: textOf(address.city),
    vip: record.vip === true,
    ordersCount: numberOf(record.ordersCount),
    totalSumm: numberOf(record.totalSumm),
    tags: namesIn(record.tags),
    ...source(record),
    createdAt: time(record.createdAt),
    region: textOf(address.region),
    bad: record.bad === true,
    sex: textOf(record.sex),
    birthday: textOf(record.birthday),
    personalDiscount: numberOf(record.personalDiscount),
    averageSumm: numberOf(record.averageSumm),
    contragentType: textOf(objectOf(record.contragent).contragentType),
    segments: namesIn(record.segments),
    customFields: custom(record),
  };
}

/** A customer to create or to change; `phones` is a list there and one phone here. */
export function customerBody(ctx: Context, input: JsonObject, isNew: boolean): JsonObject {
  const phones = listOf(input.phones ?? null).concat(input.phone ?? null);
  const tags = textsOf(input.tags);
  return filled({
    ...(isNew
      ? { externalId: input.externalId, createdAt: localTime(ctx, input.createdAt, "createdAt"), tags }
      : { externalId: input.newExternalId, addTags: tags, removeTags: textsOf(input.removeTags) }),
    firstName: input.firstName,
    lastName: input.lastName,
    patronymic: input.patronymic,
    email: input.email,
    phones: phones.filter((phone) => textOf(phone) !== null).map((number) => ({ number })),
    managerId: numeric(input.managerId),
    address: filled({ text: input.address, index: input.postcode, region: input.region, city: input.city }),
    sex: input.sex,
    birthday: dayOf(input.birthday),
    vip: input.vip,
    bad: input.bad,
    personalDiscount: numberOf(input.personalDiscount),
    contragent: filled({ contragentType: input.contragentType }),
    source: sourceBody(input),
    customFields: customValues(input),
  });
}
