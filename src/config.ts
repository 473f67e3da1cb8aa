/** The environment, read once. Nothing else in the app looks at process.env. */
import { resolve } from "node:path";
import { z } from "zod";
import type { Text } from "./connectors/kit/fields.ts";
import { Refusal } from "./refusal.ts";

export const ROLES = ["bot", "web", "worker", "scheduler"] as const;
export type Role = (typeof ROLES)[number];

interface Common {
  readonly dataDir: string;
  /** Null: the bundled PostgreSQL in dataDir. */
  readonly databaseUrl: string | null;
  /** Null: made in dataDir/key. */
  readonly encryptionKey: Buffer | null;
  /** While keys change: those that still open what they sealed. */
  readonly olderKeys: readonly Buffer[];
  readonly host: string;
  readonly port: number;
  readonly roles: ReadonlySet<Role>;
  readonly hookRate: number;
  readonly logLevel: string;
  /** By the connector's key in capitals. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Apps registered at services, by the connector's key in capitals. */
  readonly oauthApps: Readonly<Record<string, { readonly id: string; readonly secret: string }>>;
  /** host:port pairs that connectors may call although they are private. */
  readonly allowedHosts: readonly string[];
  /** Without it only this machine may read /metrics. */
  readonly metricsToken: string | null;
  /** On the way to Telegram. */
  readonly proxy: string | null;
}
interface Telegram {
  readonly botToken: string;
  readonly telegramApiRoot: string;
  readonly access: "private" | "open";
}
export type Config = Common &
  (
    | { readonly mode: "playground"; readonly access: "playground"; readonly publicUrl: string | null }
    | (Telegram & { readonly mode: "polling"; readonly publicUrl: null })
    | (Telegram & { readonly mode: "webhook"; readonly publicUrl: string })
  );

const TELEGRAM = "https://api.telegram.org";
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];
/** Telegram calls no other port. */
const WEBHOOK_PORTS = ["", "443", "80", "88", "8443"];

const address = (...protocols: string[]) =>
  z.string().refine((text) => {
    const url = URL.parse(text);
    return url !== null && protocols.includes(url.protocol) && url.search === "" && url.hash === "";
  });
const base = address("http:", "https:").transform((text) => text.replace(/\/+$/, ""));

interface Variable<T> {
  readonly schema: z.ZodType<T>;
  /** What to write instead. */
  readonly write: Text;
  /** Its value is never shown. */
  readonly secret?: boolean;
}
const variable = <T>(schema: z.ZodType<T>, ru: string, en: string, secret = false): Variable<T> => ({
  schema,
  write: { ru, en },
  secret,
});

const VARIABLES = {
  BOT_TOKEN: variable(
    z.string().regex(/^\d{3,}:[\w-]{10,}$/),
    "токен от @BotFather, вида 123456789:AA…",
    "the token from @BotFather, like 123456789:AA…",
    true,
  ),
  TELEGRAM_API_ROOT: variable(
    base,
    "адрес сервера Bot API, например http://127.0.0.1:8081",
    "the address of a Bot API server, for example http://127.0.0.1:8081",
  ),
  PUBLIC_URL: variable(
    base.refine((text) => URL.parse(text)?.username === ""),
    "адрес, по которому вас видно из интернета, например https://svyazka.example.ru",
    "the address at which the internet reaches you, for example https://svyazka.example.com",
  ),
  DATABASE_URL: variable(
    z.string().refine((text) => {
      const url = URL.parse(text);
      return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1;
    }),
    "адрес базы вида postgres://имя:пароль@сервер:5432/база",
    "the address of a database, like postgres://user:password@server:5432/database",
    true,
  ),
  DATA_DIR: variable(z.string(), "путь к каталогу", "the path of a directory"),
  HOST: variable(
    z.string().regex(/^[\w.:-]+$/),
    "адрес, например 127.0.0.1 или 0.0.0.0",
    "an address, for example 127.0.0.1 or 0.0.0.0",
  ),
  PORT: variable(
    z
      .string()
      .regex(/^\d+$/)
      .transform(Number)
      .refine((port) => port <= 65_535),
    "число от 0 до 65535, например 8080",
    "a number from 0 to 65535, for example 8080",
  ),
  ENCRYPTION_KEY: variable(
    z
      .string()
      .transform((text) => Buffer.from(text, "base64"))
      .refine((key) => key.length === 32),
    "32 байта в base64: их даёт команда openssl rand -base64 32",
    "32 bytes in base64: openssl rand -base64 32 makes them",
    true,
  ),
  ENCRYPTION_KEY_OLD: variable(
    z
      .string()
      .transform((text) => text.split(",").map((key) => Buffer.from(key.trim(), "base64")))
      .refine((keys) => keys.every((key) => key.length === 32)),
    "прежний ключ, 32 байта в base64 (несколько через запятую)",
    "the former key, 32 bytes in base64 (several with commas between them)",
    true,
  ),
  ACCESS: variable(z.enum(["private", "open"]), "private или open", "private or open"),
  ROLES: variable(
    z
      .string()
      .transform((text) => text.split(",").map((role) => role.trim()))
      .pipe(z.array(z.enum(ROLES)).min(1)),
    "роли через запятую: bot, web, worker, scheduler",
    "roles with commas between them: bot, web, worker, scheduler",
  ),
  HOOK_RATE: variable(
    z.string().transform(Number).pipe(z.number().min(0.1).max(100_000)),
    "число доставок в секунду на один адрес, например 100",
    "a number of deliveries per second and address, for example 100",
  ),
  LOG_LEVEL: variable(
    z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    "одно из: debug, info, warn, error, silent",
    "one of: debug, info, warn, error, silent",
  ),
  ALLOWED_HOSTS: variable(
    z
      .string()
      .transform((text) => text.split(",").map((host) => host.trim().toLowerCase()))
      .pipe(z.array(z.string().regex(/^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/))),
    "пары сервер:порт через запятую, например 192.168.1.5:8069",
    "host:port pairs with commas between them, for example 192.168.1.5:8069",
  ),
  METRICS_TOKEN: variable(z.string().min(16), "не меньше 16 знаков", "at least 16 characters", true),
  HTTPS_PROXY: variable(
    address("http:", "https:"),
    "адрес прокси вида http://прокси:3128",
    "the address of a proxy, like http://proxy:3128",
    true,
  ),
} as const;

type Values = { [Name in keyof typeof VARIABLES]?: z.infer<(typeof VARIABLES)[Name]["schema"]> };

/** Checks the environment; a Refusal names every variable that is wrong and says what to write. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const wrong: Text[] = [];
  const values = readValues(env, wrong);
  const endpoints = readEndpoints(env, wrong);
  const oauthApps = readApps(env, wrong);
  wrong.push(...clashes(values));
  if (wrong.length > 0)
    throw new Refusal({
      ru: wrong.map((text) => text.ru).join("\n"),
      en: wrong.map((text) => text.en).join("\n"),
    });

  const common: Common = {
    dataDir: resolve(values.DATA_DIR ?? "data"),
    databaseUrl: values.DATABASE_URL ?? null,
    encryptionKey: values.ENCRYPTION_KEY ?? null,
    olderKeys: values.ENCRYPTION_KEY_OLD ?? [],
    host: values.HOST ?? "127.0.0.1",
    port: values.PORT ?? 8080,
    roles: new Set(values.ROLES ?? ROLES),
    hookRate: values.HOOK_RATE ?? 100,
    logLevel: values.LOG_LEVEL ?? "info",
    endpoints,
    oauthApps,
    allowedHosts: values.ALLOWED_HOSTS ?? [],
    metricsToken: values.METRICS_TOKEN ?? null,
    proxy: values.HTTPS_PROXY ?? null,
  };
  const publicUrl = values.PUBLIC_URL ?? null;
  if (values.BOT_TOKEN === undefined)
    return Object.freeze({ ...common, mode: "playground", access: "playground", publicUrl });
  const telegram: Telegram = {
    botToken: values.BOT_TOKEN,
    telegramApiRoot: values.TELEGRAM_API_ROOT ?? TELEGRAM,
    access: values.ACCESS ?? "private",
  };
  return Object.freeze(
    publicUrl === null
      ? { ...common, ...telegram, mode: "polling", publicUrl }
      : { ...common, ...telegram, mode: "webhook", publicUrl },
  );
}

function readValues(env: NodeJS.ProcessEnv, wrong: Text[]): Values {
  const values: Record<string, unknown> = {};
  for (const [name, { schema, write, secret }] of Object.entries(VARIABLES)) {
    // Compose files pass on unset variables as empty ones; curl and others know the proxy in small letters.
    const text = (env[name] || (name === "HTTPS_PROXY" ? env.https_proxy : "") || "").trim();
    if (text === "") continue;
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else wrong.push(isWrong(name, secret ? null : text, write));
  }
  return values as Values;
}

function readEndpoints(env: NodeJS.ProcessEnv, wrong: Text[]): Record<string, string> {
  const endpoints: Record<string, string> = {};
  for (const [name, text] of Object.entries(env)) {
    const key = /^ENDPOINT_([A-Z0-9_]+)$/.exec(name)?.[1];
    if (!key || !text) continue;
    const parsed = base.safeParse(text.trim().replaceAll("{account}", "account"));
    if (parsed.success) endpoints[key] = text.trim().replace(/\/+$/, "");
    else
      wrong.push(
        isWrong(name, null, {
          ru: "адрес сервиса вида https://сервер/путь; {account} заменяется именем аккаунта",
          en: "the address of the service, like https://server/path; {account} stands for the account's name",
        }),
      );
  }
  return endpoints;
}

/** Pairs OAUTH_<KEY>_ID and OAUTH_<KEY>_SECRET; one without the other is a mistake. */
function readApps(env: NodeJS.ProcessEnv, wrong: Text[]): Record<string, { id: string; secret: string }> {
  const keys = Object.keys(env).flatMap((name) => /^OAUTH_([A-Z0-9_]+)_(?:ID|SECRET)$/.exec(name)?.[1] ?? []);
  const apps: Record<string, { id: string; secret: string }> = {};
  for (const key of new Set(keys)) {
    const id = (env[`OAUTH_${key}_ID`] ?? "").trim();
    const secret = (env[`OAUTH_${key}_SECRET`] ?? "").trim();
    if (id !== "" && secret !== "") apps[key] = { id, secret };
    else if (id !== "" || secret !== "") {
      const [has, lacks] = id === "" ? ["SECRET", "ID"] : ["ID", "SECRET"];
      wrong.push({
        ru: `OAUTH_${key}_${has} задан, а OAUTH_${key}_${lacks} нет. Задайте оба: сервис выдаёт их вместе.`,
        en: `OAUTH_${key}_${has} is set and OAUTH_${key}_${lacks} isn't. Set both: the service gives them together.`,
      });
    }
  }
  return apps;
}

function isWrong(name: string, shown: string | null, write: Text): Text {
  const value = shown === null ? "" : ` «${shown.slice(0, 60)}»`;
  return {
    ru: `${name}:${value} не подходит. Напишите ${write.ru}.`,
    en: `${name}:${value} doesn't fit. Write ${write.en}.`,
  };
}

/** Values that are right alone and wrong together. */
function clashes(values: Values): Text[] {
  const found: Text[] = [];
  const isPlayground = values.BOT_TOKEN === undefined;
  const isWhole = values.ROLES === undefined || ROLES.every((role) => values.ROLES?.includes(role));
  const publicUrl = values.PUBLIC_URL === undefined ? null : URL.parse(values.PUBLIC_URL);
  if (isPlayground && values.TELEGRAM_API_ROOT !== undefined)
    found.push({
      ru: "TELEGRAM_API_ROOT задан, а BOT_TOKEN нет. Добавьте BOT_TOKEN или уберите TELEGRAM_API_ROOT, чтобы открыть площадку.",
      en: "TELEGRAM_API_ROOT is set and BOT_TOKEN isn't. Add BOT_TOKEN, or remove TELEGRAM_API_ROOT to open the playground.",
    });
  if (isPlayground && values.ACCESS !== undefined)
    found.push({
      ru: "ACCESS действует только с BOT_TOKEN: на площадке у каждого своё пространство. Добавьте BOT_TOKEN или уберите ACCESS.",
      en: "ACCESS works only with BOT_TOKEN: in the playground everybody has a workspace of their own. Add BOT_TOKEN or remove ACCESS.",
    });
  if (isPlayground && values.HOST !== undefined && !LOOPBACK.includes(values.HOST))
    found.push({
      ru: "HOST: площадка открывается только на этой машине. Напишите 127.0.0.1 или задайте BOT_TOKEN.",
      en: "HOST: the playground opens on this machine only. Write 127.0.0.1 or set BOT_TOKEN.",
    });
  if (isPlayground && !isWhole)
    found.push({
      ru: "ROLES: площадка работает одним процессом. Уберите ROLES или задайте BOT_TOKEN и DATABASE_URL.",
      en: "ROLES: the playground is one process. Remove ROLES, or set BOT_TOKEN and DATABASE_URL.",
    });
  else if (!isWhole && values.DATABASE_URL === undefined)
    found.push({
      ru: "ROLES делит работу между процессами, а встроенная база служит только одному. Задайте DATABASE_URL или уберите ROLES.",
      en: "ROLES divides the work between processes, and the bundled database serves only one. Set DATABASE_URL or remove ROLES.",
    });
  if (values.DATABASE_URL !== undefined && values.ENCRYPTION_KEY === undefined)
    found.push({
      ru: `ENCRYPTION_KEY нужен вместе с DATABASE_URL: им зашифрованы ключи сервисов. Напишите ${VARIABLES.ENCRYPTION_KEY.write.ru}, и сохраните их.`,
      en: `ENCRYPTION_KEY is needed with DATABASE_URL: it encrypts the services' keys. Write ${VARIABLES.ENCRYPTION_KEY.write.en}, and keep them.`,
    });
  if (values.ENCRYPTION_KEY_OLD !== undefined && values.ENCRYPTION_KEY === undefined)
    found.push({
      ru: "ENCRYPTION_KEY_OLD нужен только рядом с ENCRYPTION_KEY: первый открывает прежнее, второй шифрует новое. Задайте оба.",
      en: "ENCRYPTION_KEY_OLD only goes with ENCRYPTION_KEY: the one opens what was, the other encrypts what comes. Set both.",
    });
  const isTelegram = !isPlayground && values.TELEGRAM_API_ROOT === undefined;
  if (isTelegram && publicUrl && (publicUrl.protocol !== "https:" || !WEBHOOK_PORTS.includes(publicUrl.port)))
    found.push({
      ru: "PUBLIC_URL: Telegram присылает сообщения только по https и на порты 443, 80, 88 или 8443. Напишите такой адрес или уберите PUBLIC_URL.",
      en: "PUBLIC_URL: Telegram delivers only over https and to ports 443, 80, 88 or 8443. Write such an address or remove PUBLIC_URL.",
    });
  return found;
}
