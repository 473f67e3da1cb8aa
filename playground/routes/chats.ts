/** Chats: reading them, and everything that a person does in them. */
import { pictureSize } from "../telegram/files.ts";
import { parseMultipart } from "../telegram/multipart.ts";
import { readBody } from "../telegram/params.ts";
import { placeOf } from "../telegram/state.ts";
import { bad, Refusal } from "../telegram/types.ts";
import { ANSWERED, body, makeChatOf, type Route, type RouteDeps, text } from "./route.ts";

const MAX_WAIT_MS = 25_000;

export function chatRoutes({ telegram, views, watch }: RouteDeps): Route[] {
  const { people, state } = telegram;
  const chatOf = makeChatOf(state);

  return [
    [
      "GET",
      /^\/api\/chats\/(\d+)$/,
      async ({ query, response, args: [id] }) => {
        const chat = chatOf(query.get("chat"));
        const place = placeOf(chat, chat < 0 ? chat : Number(id));
        const known = query.get("revision");
        if (known !== null) {
          const gone = new AbortController();
          response.once("close", () => gone.abort());
          await watch.changed(place, known, Math.min(Number(query.get("wait")) || 0, MAX_WAIT_MS), gone.signal);
          if (gone.signal.aborted) return ANSWERED;
        }
        const limit = Math.min(Number(query.get("limit")) || 200, 5000);
        return { revision: watch.revision(place), ...views.chat(Number(id), chat, limit) };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/text$/,
      async ({ request, args: [id] }) => {
        const given = await body(request);
        const reply = typeof given.reply === "number" ? given.reply : undefined;
        const topic = typeof given.topic === "number" ? given.topic : undefined;
        const said = people.say(Number(id), chatOf(given.chat), text(given.text), reply, topic);
        return { messages: said.map(({ message_id }) => message_id) };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/press$/,
      async ({ request, args: [id] }) => {
        const { chat, message, data } = await body(request);
        return { id: people.press(Number(id), chatOf(chat), Number(message), text(data)) };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/file$/,
      async ({ request, args: [id] }) => {
        const parts = parseMultipart(request.headers["content-type"] ?? "", await readBody(request));
        const file = parts?.files.get("file");
        if (!parts || !file) throw bad("send the file as multipart/form-data in the field file");
        const as = parts.fields.get("as") === "photo" && pictureSize(file.bytes) ? "photo" : "document";
        const caption = parts.fields.get("caption") ?? "";
        const sent = people.sendFile(Number(id), chatOf(parts.fields.get("chat")), file, as, caption);
        return { message: sent.message_id };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/read$/,
      async ({ request, args: [id] }) => {
        views.read(Number(id), chatOf((await body(request)).chat));
        return {};
      },
    ],
    [
      "GET",
      /^\/api\/files\/([\w-]+)$/,
      ({ response, query, args: [id = ""] }) => {
        const file = telegram.files.get(id);
        if (!file) throw new Refusal(404, "there is no such file");
        const bytes = telegram.files.bytes(file);
        // Only what is a picture by its bytes is shown; everything else is saved, never rendered.
        const picture = query.has("download") ? undefined : pictureType(bytes);
        const name = encodeURIComponent(file.name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
        response
          .writeHead(200, {
            "content-type": picture ?? "application/octet-stream",
            "content-length": bytes.length,
            "content-disposition": `${picture ? "inline" : "attachment"}; filename*=UTF-8''${name}`,
            "content-security-policy": "default-src 'none'; sandbox",
            "cache-control": "private, max-age=86400",
          })
          .end(bytes);
        return ANSWERED;
      },
    ],
  ];
}

function pictureType(bytes: Buffer): string | undefined {
  if (!pictureSize(bytes)) return undefined;
  return { 137: "image/png", 71: "image/gif", 255: "image/jpeg" }[bytes[0] ?? 0];
}
