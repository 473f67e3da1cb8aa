/**
 * Multipart bodies, parsed by hand: grammY writes `content-disposition:form-data;name=` without a space,
 * which undici's `formData()` refuses and Telegram accepts.
 */

export interface Upload {
  name: string;
  type: string;
  bytes: Buffer;
}
export interface Parts {
  fields: Map<string, string>;
  files: Map<string, Upload>;
}

const attribute = (header: string, name: string): string | undefined => {
  const found = new RegExp(`(?:^|[;\\s])${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;]*))`, "i").exec(header);
  return found ? (found[1] ?? found[2] ?? "").replace(/\\(["\\])/g, "$1").replace(/%22/g, '"') : undefined;
};

/** Fields and files of a body; undefined when it isn't multipart at all or its boundary never comes. */
export function parseMultipart(contentType: string, body: Buffer): Parts | undefined {
  const boundary = attribute(contentType, "boundary");
  if (!boundary) return undefined;
  const parts: Parts = { fields: new Map(), files: new Map() };
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  if (at < 0) return undefined;
  for (;;) {
    const start = at + mark.length;
    if (body.subarray(start, start + 2).toString() === "--") return parts;
    const end = body.indexOf(`\r\n--${boundary}`, start);
    const headEnd = body.indexOf("\r\n\r\n", start);
    if (end < 0 || headEnd < 0 || headEnd > end) return undefined;
    const heads = body.subarray(start, headEnd).toString().split("\r\n");
    const disposition = heads.find((line) => /^content-disposition\s*:/i.test(line)) ?? "";
    const type = heads.find((line) => /^content-type\s*:/i.test(line))?.replace(/^[^:]*:\s*/, "");
    const name = attribute(disposition, "name");
    const filename = attribute(disposition, "filename");
    const bytes = body.subarray(headEnd + 4, end);
    if (name !== undefined && filename !== undefined) {
      parts.files.set(name, { name: filename, type: type ?? "application/octet-stream", bytes });
    } else if (name !== undefined) parts.fields.set(name, bytes.toString());
    at = end + 2;
  }
}
