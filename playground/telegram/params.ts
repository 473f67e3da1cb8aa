/** Parameters of a call, the same whether they came as query, form, multipart or JSON. */
import type { IncomingMessage } from "node:http";
import { parseMultipart, type Upload } from "./multipart.ts";
import { bad, Refusal } from "./types.ts";

export interface Params {
  has(name: string): boolean;
  text(name: string): string | undefined;
  /** Whole numbers; anything else is refused with the parameter's name. */
  number(name: string): number | undefined;
  flag(name: string): boolean;
  /** A nested value: an object in a JSON body, JSON text elsewhere. */
  json(name: string): unknown;
  file(name: string): Upload | undefined;
  /** What the call log keeps: files by name only. */
  shown(): Record<string, unknown>;
}

/** 50 MB of file and some room for the rest. */
const MAX_BODY = 52 * 1024 * 1024;

export async function readBody(request: IncomingMessage, limit = MAX_BODY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  // Said only when everything has come: a sender that is cut off while it sends doesn't hear the refusal.
  if (size > limit) throw new Refusal(413, "Request Entity Too Large");
  return Buffer.concat(chunks);
}

export function readParams(query: URLSearchParams, contentType: string, body: Buffer): Params {
  const values = new Map<string, unknown>(query);
  let files = new Map<string, Upload>();
  const kind = contentType.split(";")[0]?.trim().toLowerCase();
  if (kind === "application/json" && body.length > 0) {
    for (const [name, value] of Object.entries(parseObject(body.toString()))) values.set(name, value);
  } else if (kind === "multipart/form-data") {
    const parts = parseMultipart(contentType, body);
    if (!parts) throw bad("Can't parse multipart form data");
    for (const [name, value] of parts.fields) values.set(name, value);
    files = parts.files;
  } else if (kind === "application/x-www-form-urlencoded") {
    for (const [name, value] of new URLSearchParams(body.toString())) values.set(name, value);
  }
  return makeParams(values, files);
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad("Can't parse JSON object");
  }
  if (!isObject(value)) throw bad("Can't parse JSON object");
  return value;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function makeParams(values: Map<string, unknown>, files: Map<string, Upload>): Params {
  const present = (name: string): unknown => {
    const value = values.get(name);
    return value === null ? undefined : value;
  };
  return {
    has: (name) => present(name) !== undefined || files.has(name),
    text(name) {
      const value = present(name);
      return value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
    },
    number(name) {
      const value = present(name);
      if (value === undefined || value === "") return undefined;
      const number = Number(value);
      if (!Number.isSafeInteger(number)) throw bad(`invalid ${name} specified`);
      return number;
    },
    flag: (name) => ["true", "True", "1", "yes"].includes(String(present(name) ?? "")),
    json(name) {
      const value = present(name);
      if (typeof value !== "string") return value;
      if (value === "") return undefined;
      try {
        return JSON.parse(value);
      } catch {
        throw bad(`can't parse ${name} JSON object`);
      }
    },
    file(name) {
      const value = present(name);
      const attached = typeof value === "string" && value.startsWith("attach://") ? value.slice(9) : name;
      return files.get(attached);
    },
    shown: () => ({
      ...Object.fromEntries(values),
      ...Object.fromEntries(
        [...files].map(([name, file]) => [name, `<file ${file.name}, ${file.bytes.length} bytes>`]),
      ),
    }),
  };
}
