/** Composition root: configuration → database → engine → bot → web; in the playground, Telegram and the services too. */
import "./node.js";
import { setTimeout as sleep } from "node:timers/promises";
import { makeBot } from "./bot/bot.ts";
import { makeDraw } from "./bot/pictures/draw.ts";
import { makePictures } from "./bot/pictures/index.ts";
import { type Config, readConfig } from "./config.ts";
import type { Text } from "./connectors/kit/fields.ts";
import { type Database, openDatabase } from "./db/database.ts";
import { type Log, makeLog } from "./log.ts";
import { botName, openEngine } from "./open.ts";
import { Refusal, shellLocale } from "./refusal.ts";
import { makeWeb } from "./web/server.ts";

/** Running steps get 10 s to end; nothing may take longer than this. */
const PART_MS = 11_000;
const SAME_SIGNAL_MS = 1_500;
const STOP_MS = 25_000;
const isRussian = shellLocale() === "ru";

try {
  await start();
} catch (error) {
  // Through the log: an error of the database holds what was sent to it, secrets too.
  if (error instanceof Refusal) console.error(error.sentence[shellLocale()]);
  else makeLog("error").error({ err: error }, "the start failed");
  process.exit(1);
}

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = makeLog(config.logLevel);
  /** Closed in reverse order, by a signal or when the start fails half-way. */
  const opened: { name: string; close(): Promise<void> }[] = [];
  let stoppingSince: number | null = null;

  async function stop(): Promise<void> {
    for (const { name, close } of opened.splice(0).reverse()) {
      const isLate = await Promise.race([
        close().catch((error) => log.error({ err: error, part: name }, "a part didn't stop cleanly")),
        sleep(PART_MS, "late", { ref: false }),
      ]);
      // Whatever hangs, the database still gets its clean shutdown.
      if (isLate === "late") log.error({ part: name }, "a part didn't stop in time");
    }
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, async () => {
      // A second Ctrl+C doesn't wait. npm passes on the signal that the terminal has sent to all of us already: that one
      // comes within milliseconds and means nothing more.
      if (stoppingSince !== null && Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      if (stoppingSince !== null) return;
      stoppingSince = Date.now();
      log.info({ signal }, "stopping");
      setTimeout(() => process.exit(1), STOP_MS).unref();
      await stop();
      process.exit(0);
    });
  process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled rejection"));
  process.on("uncaughtException", async (error) => {
    log.error({ err: error }, "a bug: the process can't go on");
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await stop();
    process.exit(1);
  });

  /** For what turns out to be wrong after the start. */
  async function refuse(sentence: Text): Promise<void> {
    stoppingSince ??= Date.now();
    console.error(sentence[shellLocale()]);
    await stop();
    process.exit(1);
  }

  try {
    const database = await openDatabase(config, log);
    opened.push({ name: "database", close: () => database.stop() });
    const ready = await run(config, log, database, (name, close) => opened.push({ name, close }), refuse);
    if (stoppingSince === null) for (const line of ready) console.log(line);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts all parts; what is to be said when they are up. */
async function run(
  config: Config,
  log: Log,
  database: Database,
  opens: (name: string, close: () => Promise<void>) => void,
  refuse: (sentence: Text) => void,
): Promise<readonly string[]> {
  const playground = config.mode === "playground" ? await openPlayground(config, opens) : null;
  const token = config.mode === "playground" ? (playground?.botToken ?? "") : config.botToken;
  const apiRoot = config.mode === "playground" ? playground?.telegramRoot : config.telegramApiRoot;

  const { engine, close } = openEngine({
    config,
    database,
    log,
    bot: botName(config, token),
    address: {
      publicUrl: config.publicUrl ?? playground?.url ?? null,
      endpoints: { ...playground?.endpoints, ...config.endpoints },
      allowedHosts: [...(playground?.allowedHosts ?? []), ...config.allowedHosts],
    },
    ...(playground ? { oauthApps: playground.oauthApps } : {}),
    isShared: playground !== null,
  });
  opens("engine", close);
  await engine.start();

  const bot = config.roles.has("bot")
    ? makeBot({
        engine,
        token,
        apiRoot,
        proxy: config.proxy ?? undefined,
        log,
        pictures: makePictures({ draw: makeDraw(), log }),
        mode: config.mode === "webhook" ? { kind: "webhook", publicUrl: config.publicUrl } : { kind: "polling" },
        refused: () =>
          refuse({
            ru: "BOT_TOKEN: Telegram не знает бота с таким токеном. Возьмите токен у @BotFather заново и проверьте, что скопировали его целиком.",
            en: "BOT_TOKEN: Telegram knows no bot with this token. Take the token from @BotFather again and check that it is whole.",
          }),
      })
    : null;

  let address = playground?.url ?? null;
  if (config.roles.has("web")) {
    const web = makeWeb({
      engine,
      log,
      metricsToken: config.metricsToken ?? undefined,
      telegram: config.mode === "webhook" && bot ? { secret: bot.secret, receive: bot.receive } : undefined,
      isReady: bot ? async () => bot.isReady() : undefined,
    });
    // In the playground PORT is its own, and web stands behind it.
    const at = playground ? { host: "127.0.0.1", port: 0 } : { host: config.host, port: config.port };
    const url = await web.listen(at).catch(portRefusal(at));
    opens("web", () => web.stop());
    playground?.passTo(url);
    address ??= url;
  }
  if (bot) {
    opens("bot", () => bot.stop());
    await bot.start();
  }

  const code = await engine.people.ownerCode();
  const owner = isRussian ? `Код владельца: ${code} (пришлите его боту)` : `Owner code: ${code} (send it to the bot)`;
  return [...(code ? [owner] : []), readyLine(config, address)];
}

/** Imported only here: a real bot needs nothing of it. */
async function openPlayground(config: Config, opens: (name: string, close: () => Promise<void>) => void) {
  const { startPlayground } = await import("../playground/index.ts");
  const at = { host: config.host, port: config.port };
  const playground = await startPlayground({ ...at, dataDir: config.dataDir }).catch(portRefusal(at));
  opens("playground", () => playground.stop());
  return playground;
}

function readyLine(config: Config, address: string | null): string {
  if (config.mode === "playground")
    return isRussian ? `Связка готова: откройте ${address}` : `Svyazka is ready: open ${address}`;
  const where = config.publicUrl ?? address ?? [...config.roles].join(", ");
  return isRussian ? `Связка готова: ${where}` : `Svyazka is ready: ${where}`;
}

/** The sentence for an address that can't be listened at. */
function portRefusal({ host, port }: { host: string; port: number }) {
  return (error: NodeJS.ErrnoException): never => {
    const at = `${host}:${port}`;
    if (error.code === "EADDRINUSE")
      throw new Refusal(
        {
          ru: `Порт ${at} занят другой программой. Остановите её или укажите другой PORT.`,
          en: `The port ${at} is taken by another program. Stop it or set another PORT.`,
        },
        error,
      );
    if (error.code === "EACCES")
      throw new Refusal(
        {
          ru: `На порт ${at} нет прав: порты до 1024 открывает только root. Укажите другой PORT, например 8080.`,
          en: `No permission for the port ${at}: only root opens ports below 1024. Set another PORT, for example 8080.`,
        },
        error,
      );
    if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
      throw new Refusal(
        {
          ru: `HOST: адреса ${host} у этой машины нет. Напишите 127.0.0.1 или 0.0.0.0.`,
          en: `HOST: this machine has no address ${host}. Write 127.0.0.1 or 0.0.0.0.`,
        },
        error,
      );
    throw error;
  };
}
