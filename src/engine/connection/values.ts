/** What people paste into a connection's fields, read kindly or refused with a sentence. Pure. */
import type { Connector, Field, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { UserError } from "../errors.ts";

const MAX_LENGTH = 4_096;
/** Spaces of every width, zero-width ones and the byte order mark that copying brings along. */
const OUTER = /^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$/g;
const HOST =
  /^(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?(?::\d{1,5})?$/i;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The value as it is kept ("" empties an optional field); throws UserError with what to change. Never quotes a secret. */
export function readValue(connector: Connector, field: Field, typed: string): string {
  const refuse = (sentence: Text): never => {
    throw new UserError(sentence);
  };
  const name = { ru: `«${field.label.ru}»`, en: `“${field.label.en}”` };
  const text = typed.replace(OUTER, "");
  if (text === "") {
    if (!field.required) return "";
    return refuse({ ru: `${name.ru} не может быть пустым.`, en: `${name.en} can't be empty.` });
  }
  if (text.length > MAX_LENGTH) {
    const length = text.length;
    return refuse({
      ru: `Это слишком длинно для поля ${name.ru}: ${length} знаков. Скопируйте только само значение.`,
      en: `That is too long for ${name.en}: ${length} characters. Copy the value alone.`,
    });
  }
  if (field.kind !== "longText" && /[\r\n\u2028\u2029]/.test(text)) {
    return refuse({
      ru: `В поле ${name.ru} нужна одна строка, а пришло несколько. Скопируйте только само значение.`,
      en: `${name.en} takes one line, and several came. Copy the value alone.`,
    });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) {
    return refuse({
      ru: `В значении ${name.ru} есть невидимые служебные знаки. Скопируйте его ещё раз.`,
      en: `The value of ${name.en} holds invisible control characters. Copy it again.`,
    });
  }
  const place = placeInAddress(connector, field.key);
  if (place) return readAddress(place, text, name, refuse);
  const value = field.secret ? readSecret(field, text, name, refuse) : readKind(field, text, name, refuse);
  const { pattern } = field;
  if (pattern && !new RegExp(`^(?:${pattern.source})$`, "u").test(value)) return refuse(pattern.sentence);
  return value;
}

function readSecret(field: Field, text: string, name: Text, refuse: Refuse): string {
  // A long secret (a key file, a password with spaces in it) is taken as it is.
  if (field.kind !== "longText" && /\s/.test(text)) {
    return refuse({
      ru: `В значении ${name.ru} есть пробел, в ключах их не бывает. Проверьте, что скопировано только само значение.`,
      en: `The value of ${name.en} holds a space, which keys never do. Check that you copied the value alone.`,
    });
  }
  if (/[^\u0021-\u007e]/.test(text) && field.kind === "text") {
    return refuse({
      ru: `В значении ${name.ru} есть буквы не латиницей. Ключ нужно скопировать из сервиса, а не набрать.`,
      en: `The value of ${name.en} holds letters that aren't Latin. Copy the key from the service instead of typing it.`,
    });
  }
  return text;
}

/** The connector itself reads its address out of the values; what it can't understand is said at once, not at the check. */
export function checkNames(connector: Connector, key: string, values: Readonly<Record<string, string>>): void {
  if ((values[key] ?? "") === "") return;
  try {
    connector.api?.names?.(values);
  } catch (error) {
    // Another field's mistake is told when that one is asked for.
    if (error instanceof ConnectorError && error.details.field === key) throw new UserError(error.sentence);
    if (!(error instanceof ConnectorError)) throw error;
  }
}

type Refuse = (sentence: Text) => never;

function readKind(field: Field, text: string, name: Text, refuse: Refuse): string {
  switch (field.kind) {
    case "integer": {
      const digits = text.replace(/[\s\u00a0\u202f]/g, "");
      if (/^[+-]?\d{1,20}$/.test(digits)) return digits.replace(/^\+/, "");
      return refuse({
        ru: `${name.ru} — это целое число, например 12345. Пришло: «${cut(text)}».`,
        en: `${name.en} is a whole number such as 12345. You sent “${cut(text)}”.`,
      });
    }
    case "decimal": {
      const number = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
      if (/^[+-]?\d{1,30}(\.\d{1,30})?$/.test(number)) return number.replace(/^\+/, "");
      return refuse({
        ru: `${name.ru} — это число, например 10.5. Пришло: «${cut(text)}».`,
        en: `${name.en} is a number such as 10.5. You sent “${cut(text)}”.`,
      });
    }
    case "email":
      if (/^[^\s@]{1,64}@[^\s@]+\.[^\s@.]+$/.test(text)) return text;
      return refuse({
        ru: `${name.ru} — это адрес почты, например anna@example.ru. Пришло: «${cut(text)}».`,
        en: `${name.en} is an e-mail address such as anna@example.com. You sent “${cut(text)}”.`,
      });
    case "phone":
      if (/\d(?:\D{0,3}\d){4,}/.test(text) && !/[a-zа-яё]/i.test(text)) return text;
      return refuse({
        ru: `${name.ru} — это номер телефона. Пришло: «${cut(text)}».`,
        en: `${name.en} is a phone number. You sent “${cut(text)}”.`,
      });
    case "boolean": {
      const word = text.toLowerCase();
      if (["да", "yes", "true", "1", "+"].includes(word)) return "true";
      if (["нет", "no", "false", "0", "-"].includes(word)) return "false";
      return refuse({ ru: `${name.ru}: ответьте «да» или «нет».`, en: `${name.en}: answer “yes” or “no”.` });
    }
    case "choice": {
      const wanted = text.toLowerCase();
      const choice = field.choices?.find(({ value, label }) =>
        [value, label.ru, label.en].some((known) => known.toLowerCase() === wanted),
      );
      if (choice) return choice.value;
      if (field.open) return text;
      const known = (locale: "ru" | "en") => (field.choices ?? []).map(({ label }) => label[locale]).join(", ");
      return refuse({
        ru: `Для ${name.ru} подходит одно из: ${known("ru")}.`,
        en: `${name.en} takes one of: ${known("en")}.`,
      });
    }
    case "text":
    case "longText":
    case "dateTime":
    case "reference":
    case "object":
      return text;
    default:
      return field.kind satisfies never;
  }
}

/** Where in the base address a field stands: the whole of it, the whole host, or a name within the host. */
type Place =
  | { readonly kind: "url" }
  | { readonly kind: "host" }
  | { readonly kind: "name"; readonly before: string; readonly after: string };

/** Null when the field is no part of the address (or of its path only, which is encoded anyway). */
function placeInAddress(connector: Connector, key: string): Place | null {
  const base = connector.api?.base;
  if (!base?.includes(`{${key}}`)) return null;
  if (base.startsWith(`{${key}}`)) return { kind: "url" };
  const host = /^https?:\/\/([^/]+)/.exec(base)?.[1] ?? "";
  const [before, after] = host.split(`{${key}}`);
  if (before === undefined || after === undefined) return null;
  return before === "" && after === "" ? { kind: "host" } : { kind: "name", before, after };
}

/** An account's name, its host or any page of it pasted from the browser: all mean the same. */
function readAddress(place: Place, text: string, name: Text, refuse: Refuse): string {
  const wrong = (): never => {
    const shown = place.kind === "name" ? `${place.before}my-shop${place.after}` : "my-shop.example.com";
    return refuse({
      ru: `Не похоже на адрес: «${cut(text)}». В поле ${name.ru} нужен адрес вида ${shown}.`,
      en: `“${cut(text)}” doesn't look like an address. ${name.en} is an address such as ${shown}.`,
    });
  };
  if (place.kind === "name" && LABEL.test(text)) return text.toLowerCase();
  if (/\s|@/.test(text)) return wrong();
  const typed = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text.replace(/^\/+/, "")}`;
  const url = URL.parse(typed);
  if (!url || !/^https?:$/.test(url.protocol) || !HOST.test(url.host)) return wrong();
  switch (place.kind) {
    case "url":
      return url.hostname.includes(".") || url.hostname === "localhost" ? url.origin : wrong();
    case "host":
      return url.hostname.includes(".") || url.hostname === "localhost" ? url.host : wrong();
    case "name": {
      const { before, after } = place;
      const host = url.host.toLowerCase();
      const label = host.slice(before.length, host.length - after.length);
      return host.startsWith(before) && host.endsWith(after) && LABEL.test(label) ? label : wrong();
    }
    default:
      return place satisfies never;
  }
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
