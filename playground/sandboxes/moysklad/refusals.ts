/** How МойСклад says no. */
import { json, type Reply } from "../kit.ts";

export function refuse(status: number, code: number, error: string, parameter?: string): Reply {
  return json(
    status,
    {
      errors: [
        {
          error,
          code,
          ...(parameter ? { parameter } : {}),
          moreInfo: `https://dev.moysklad.ru/doc/api/remap/1.2/#error_${code}`,
        },
      ],
    },
    code === 1056 ? { "x-lognex-auth": "1056", "x-lognex-auth-message": encodeURIComponent(error) } : {},
  );
}

/** Thrown by a route that can't go on; carries the answer. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(...args: Parameters<typeof refuse>) {
    super(args[2]);
    this.reply = refuse(...args);
  }
}

export const missing = (type: string, id: string): Refusal =>
  new Refusal(404, 1021, `Ошибка: объект с типом '${type}' и идентификатором '${id}' не найден`);
