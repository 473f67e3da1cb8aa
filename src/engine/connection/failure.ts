/** Anything that was thrown, as a failure that a person can read. */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Failure } from "../engine.ts";

/** `mask` takes secrets out of the service's own words; a bug of ours shows none of its text. */
export function toFailure(error: unknown, mask: (text: string) => string = (text) => text): Failure {
  if (error instanceof ConnectorError) {
    const { own, field, code } = error.details;
    return {
      class: error.errorClass,
      sentence: { ru: mask(error.sentence.ru), en: mask(error.sentence.en) },
      ...(own === undefined ? {} : { own: mask(own) }),
      ...(field === undefined ? {} : { field }),
      ...(code === undefined ? {} : { code }),
    };
  }
  return {
    class: "defect",
    sentence: {
      ru: "Внутренняя ошибка. Мы записали её в журнал; если она повторится, сообщите разработчикам.",
      en: "An internal error. It is in the log; if it happens again, tell the developers.",
    },
  };
}
