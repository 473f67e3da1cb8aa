/** The conversation with a mail server: nodemailer speaks, the guard opens the socket. */
import { PassThrough } from "node:stream";
import { createTransport } from "nodemailer";
import type { Context } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { type Mask, makeMask } from "../kit/mask.ts";
import type { Tcp } from "../kit/tcp.ts";
import type { Attachment } from "./attachments.ts";
import type { Letter } from "./letter.ts";
import { refusalOf } from "./refusal.ts";

export interface Delivered {
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
  readonly response: string;
}

interface Place {
  readonly tcp: Tcp;
  readonly host: string;
  readonly port: number;
  readonly security: "tls" | "starttls" | "none";
}

const SECURITIES = ["tls", "starttls", "none"] as const;
const GREETING_MS = 15_000;
const SILENCE_MS = 30_000;

function placeOf(ctx: Context): Place {
  const { tcp, auth } = ctx;
  if (!tcp)
    throw new ConnectorError("defect", { ru: "Почта отсюда не отправляется.", en: "Mail can't be sent from here." });
  const host = (auth.host ?? "").trim();
  const security = SECURITIES.find((one) => one === auth.security) ?? "tls";
  const port = Number(auth.port?.trim() || (security === "starttls" ? 587 : 465));
  if (security === "none" && !tcp.isAllowed(host, port)) {
    throw new ConnectorError(
      "access",
      {
        ru: "Без шифрования почта отправляется только на сервер, который разрешил администратор этой установки.",
        en: "Without encryption mail goes only to a server that this installation's administrator has allowed.",
      },
      { field: "security" },
    );
  }
  return { tcp, host, port, security };
}

function signInOf({ auth }: Context): { user: string; pass: string } {
  // App passwords are shown in groups of four with spaces between, which aren't part of them.
  const typed = auth.password ?? "";
  const pass = /^([a-z]{4} ){3}[a-z]{4}$/.test(typed) ? typed.replaceAll(" ", "") : typed;
  return { user: (auth.user ?? "").trim(), pass };
}
function maskOf(ctx: Context): Mask {
  const { user, pass } = signInOf(ctx);
  return makeMask([ctx.auth.password ?? "", pass], [user]);
}

async function open(ctx: Context, { tcp, host, port, security }: Place) {
  const connection = await tcp.connect(host, port);
  const { user, pass } = signInOf(ctx);
  return {
    transport: createTransport({
      host,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      connection,
      greetingTimeout: GREETING_MS,
      socketTimeout: SILENCE_MS,
      connectionTimeout: GREETING_MS,
      // A person's text must never make the server read a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
      tls: { minVersion: "TLSv1.2" },
      ...(user === "" ? {} : { auth: { user, pass } }),
    }),
    end: () => connection.destroy(),
  };
}

/** Greets, encrypts, signs in and leaves: no letter is sent. */
export async function knock(ctx: Context): Promise<void> {
  const place = placeOf(ctx);
  const { transport, end } = await open(ctx, place);
  try {
    await transport.verify();
  } catch (error) {
    throw refusalOf(error, place.host, false, maskOf(ctx));
  } finally {
    transport.close();
    end();
  }
}

export async function deliver(
  ctx: Context,
  letter: Letter,
  attachments: readonly Attachment[] = [],
): Promise<Delivered> {
  const place = placeOf(ctx);
  const started = performance.now();
  const at = ctx.now().toISOString();
  const note = (answer: { status: number; body: string } | null, failure?: string) =>
    place.tcp.record({
      at,
      ms: Math.round(performance.now() - started),
      request: {
        method: "SEND",
        url: `smtp://${place.host}:${place.port}`,
        headers: {
          "message-id": letter.messageId,
          from: letter.from.address,
          to: [...letter.to, ...letter.cc, ...letter.bcc].map(({ address }) => address).join(", "),
          subject: letter.subject,
          ...(attachments.length > 0 ? { attachments: attachments.map(({ filename }) => filename).join(", ") } : {}),
        },
        body: letter.html ?? letter.text ?? "",
      },
      answer: answer && { ...answer, headers: {} },
      ...(failure === undefined ? {} : { failure }),
    });
  let sent = false;
  try {
    const { transport, end } = await open(ctx, place);
    // Read to its end only after the server has said "go ahead": from then on it may have the letter.
    transport.use("stream", (mail, done) => {
      const tap = new PassThrough();
      tap.once("end", () => {
        sent = true;
      });
      mail.message.transform(() => tap);
      done();
    });
    try {
      const info = await transport.sendMail({
        ...letter,
        to: [...letter.to],
        cc: [...letter.cc],
        bcc: [...letter.bcc],
        replyTo: [...letter.replyTo],
        attachments: attachments.map((file) => ({ ...file })),
      });
      const response = info.response ?? "";
      note({ status: Number.parseInt(response, 10) || 250, body: response });
      return { accepted: info.accepted ?? [], rejected: info.rejected ?? [], response };
    } finally {
      transport.close();
      end();
    }
  } catch (error) {
    const refusal = refusalOf(error, place.host, sent, maskOf(ctx));
    const status = Number(refusal.details.code);
    if (Number.isInteger(status)) note({ status, body: refusal.details.own ?? "" });
    else note(null, refusal.sentence.en);
    throw refusal;
  }
}
