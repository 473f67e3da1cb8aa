/** A mail server on this machine: takes letters over SMTP on a port of its own and shows them; sends nothing anywhere. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import { collection, html, rowsOf, type Sandbox, type SandboxDeps } from "../kit.ts";

const USER = "shop@example.test";
const PASSWORD = "mail-sandbox-password-5d1";
const HOST = "127.0.0.1";
const MAX_BYTES = 10 * 1024 * 1024;

interface Letter {
  id: number;
  at: string;
  from: string;
  to: string;
  copy: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
  replyTo: string;
  /** Names and sizes of its files. */
  files: string;
  /** Whom it was really brought to: hidden copies too. */
  envelope: string[];
}

const refusal = (code: number, words: string) => Object.assign(new Error(words), { responseCode: code });
const label = (ru: string, en: string) => ({ ru, en });
type Mailbox = { name?: string | undefined; address?: string | undefined };
const shown = (list: readonly Mailbox[] | Mailbox | undefined) =>
  [list ?? []]
    .flat()
    .map(({ name, address }) => (name ? `${name} <${address}>` : (address ?? "")))
    .join(", ");

export function makeEmail(deps: SandboxDeps): Sandbox {
  const letters = collection<Letter>(deps, "email", "messages");
  const door = collection<{ port: number }>(deps, "email", "door");
  let port = 0;

  async function keep(raw: Buffer, envelope: readonly string[]): Promise<Letter> {
    const mail = await PostalMime.parse(raw);
    const id = letters.next();
    const letter: Letter = {
      id,
      at: deps.now().toISOString(),
      from: shown(mail.from),
      to: shown(mail.to),
      copy: shown(mail.cc),
      subject: mail.subject ?? "",
      text: (mail.text ?? "").trim(),
      html: (mail.html ?? "").trim(),
      messageId: mail.messageId ?? "",
      replyTo: shown(mail.replyTo),
      files: mail.attachments
        .map(
          ({ filename, content }) => `${filename} ${typeof content === "string" ? content.length : content.byteLength}`,
        )
        .join(", "),
      envelope: [...envelope],
    };
    letters.put(String(id), letter);
    return letter;
  }

  const makeServer = (): SMTPServer => {
    const server = new SMTPServer({
      size: MAX_BYTES,
      hideSTARTTLS: true,
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
      closeTimeout: 50,
      logger: false,
      disableReverseLookup: true,
      onConnect(_session, done) {
        if (deps.choice("answer") === "busy") return done(refusal(421, "4.3.2 Service not available, try again later"));
        done();
      },
      onAuth({ username, password }, _session, done) {
        if (deps.choice("answer") === "echo") {
          const base64 = Buffer.from(`\0${username}\0${password}`).toString("base64");
          return done(refusal(535, `5.7.8 AUTH PLAIN ${base64}: ${username} can't sign in with ${password}`));
        }
        if (deps.choice("answer") === "expired" || username !== USER || password !== PASSWORD)
          return done(refusal(535, "5.7.8 Error: authentication failed: Invalid user or password!"));
        done(null, { user: USER });
      },
      onMailFrom({ address }, _session, done) {
        if (address.toLowerCase() !== USER)
          return done(refusal(553, "5.7.1 Sender address rejected: not owned by auth user."));
        done();
      },
      onRcptTo({ address }, _session, done) {
        const answer = deps.choice("answer");
        if (answer === "later") return done(refusal(451, "4.7.1 Greylisting in action, please try again later"));
        if (answer === "unknown" || address.startsWith("nobody@"))
          return done(refusal(550, "5.1.1 User unknown; rejecting"));
        done();
      },
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          if (stream.sizeExceeded) return done(refusal(552, "5.3.4 Message size exceeds fixed limit"));
          const answer = deps.choice("answer");
          if (answer === "spam") return done(refusal(554, "5.7.1 Message rejected under suspicion of SPAM"));
          if (answer === "cut") return hangUp();
          const to = session.envelope.rcptTo.map(({ address }) => address);
          keep(Buffer.concat(chunks), to).then(
            ({ id }) => {
              if (answer !== "lost") return done(null, `2.0.0 Ok: queued as ${id}`);
              hangUp();
            },
            (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
          );
        });
      },
    });
    const hangUp = () => {
      for (const connection of server.connections) connection._socket.destroy();
    };
    // What breaks in one conversation is no concern of the others.
    server.on("error", () => {});
    return server;
  };
  let server: SMTPServer | undefined;

  async function listen(on: number): Promise<SMTPServer> {
    const made = makeServer();
    await once(made.listen(on, HOST), "listening");
    return made;
  }

  return {
    key: "email",
    name: label("Почтовый сервер", "Mail server"),
    perSecond: 1_000,
    door: {
      /** The port of last time where it is free: connections remember it. */
      async open() {
        server = await listen(door.get("smtp")?.port ?? 0).catch(() => listen(0));
        port = (server.server.address() as AddressInfo).port;
        door.put("smtp", { port });
        return `${HOST}:${port}`;
      },
      close: () => new Promise((done) => (server ? server.close(() => done()) : done())),
    },
    get credentials() {
      return [
        { key: "host", label: label("Сервер", "Server"), value: HOST },
        { key: "port", label: label("Порт", "Port"), value: String(port) },
        { key: "security", label: label("Шифрование", "Encryption"), value: "none" },
        { key: "user", label: label("Логин", "User"), value: USER },
        { key: "password", label: label("Пароль", "Password"), value: PASSWORD },
        { key: "from", label: label("Адрес отправителя", "Sender's address"), value: USER },
        { key: "fromName", label: label("Имя отправителя", "Sender's name"), value: "Магазин" },
      ];
    },
    switches: [
      {
        key: "answer",
        label: label("Ответ сервера", "The server's answer"),
        choices: [
          { value: "ok", label: label("принимает", "takes letters") },
          { value: "expired", label: label("пароль не подходит (535)", "wrong password (535)") },
          { value: "later", label: label("зайдите позже (451)", "come later (451)") },
          { value: "unknown", label: label("нет такого ящика (550)", "no such mailbox (550)") },
          { value: "spam", label: label("похоже на спам (554)", "looks like spam (554)") },
          { value: "busy", label: label("не принимает соединения (421)", "takes no connections (421)") },
          { value: "echo", label: label("повторить присланное в отказе", "repeat what was sent in the refusal") },
          { value: "cut", label: label("оборвать разговор на письме", "break off at the letter") },
          { value: "lost", label: label("принять и потерять ответ", "take it and lose the answer") },
        ],
      },
    ],
    tables: () => [
      {
        name: "messages",
        label: label("Письма", "Letters"),
        rows: rowsOf(letters.all()),
        columns: [
          { key: "id", label: label("№", "#") },
          { key: "from", label: label("От", "From") },
          { key: "to", label: label("Кому", "To") },
          { key: "subject", label: label("Тема", "Subject") },
          { key: "text", label: label("Текст", "Text") },
          { key: "files", label: label("Вложения", "Attachments") },
        ],
      },
    ],
    buttons: () => [],
    press: () => ({}),
    handle: () => html(404, "Здесь почтовый сервер: он отвечает по SMTP"),
    tooMany: () => html(429, "Too Many Requests"),
    expired: () => html(401, "Unauthorized"),
    clear: () => letters.clear(),
  };
}
