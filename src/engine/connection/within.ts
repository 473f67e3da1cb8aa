/** A deadline for a person who waits. */
import { ConnectorError } from "../../connectors/kit/errors.ts";

/** The promise's result, or a temporary error after `ms`; what it waits for isn't stopped. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const seconds = Math.round(ms / 1_000);
      reject(
        new ConnectorError(
          "temporary",
          {
            ru: `Сервис не ответил за ${seconds} с. Попробуйте ещё раз через минуту.`,
            en: `The service didn't answer within ${seconds} s. Try again in a minute.`,
          },
          { code: "deadline" },
        ),
      );
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
