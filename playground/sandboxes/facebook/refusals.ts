/** How Graph says no: the code decides, whatever the status is. */
import { json, type Reply } from "../kit.ts";

export class Refusal {
  readonly reply: Reply;
  constructor(reply: Reply) {
    this.reply = reply;
  }
}

export function graphError(
  status: number,
  code: number,
  message: string,
  more: { subcode?: number; type?: string; isTransient?: boolean; headers?: Record<string, string> } = {},
): Reply {
  const { subcode, type = "OAuthException", isTransient, headers } = more;
  const error = {
    message,
    type,
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    ...(isTransient === undefined ? {} : { is_transient: isTransient }),
    fbtrace_id: "ASandbox1",
  };
  return json(status, { error }, headers);
}

export const refuse = (...given: Parameters<typeof graphError>): Refusal => new Refusal(graphError(...given));

export const badToken = () =>
  graphError(400, 190, "Error validating access token: Session has expired.", { subcode: 463 });
export const noObject = (id: string) =>
  refuse(
    400,
    100,
    `Unsupported get request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
    { subcode: 33, type: "GraphMethodException" },
  );
export const badParam = (message: string) => refuse(400, 100, `(#100) ${message}`);
export const noRight = (name: string) => refuse(403, 200, `(#200) Requires ${name} permission to manage the object`);
