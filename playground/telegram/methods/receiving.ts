/** getUpdates and webhooks: one or the other, never both. */
import { tooMany } from "../limits.ts";
import type { Params } from "../params.ts";
import type { Bot } from "../state.ts";
import { bad, Refusal } from "../types.ts";
import type { MethodDeps, Methods } from "./method.ts";

const WEBHOOK_ACTIVE = new Refusal(
  409,
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
);
const INTERRUPTED = new Refusal(409, "Conflict: terminated by setWebhook request");

export function receiving({ state, updates, limits, clock }: MethodDeps, look: (bot: number) => void): Methods {
  const lastSet = new Map<number, number>();

  function remember(bot: Bot, params: Params): Bot {
    const allowed = params.json("allowed_updates");
    if (!Array.isArray(allowed)) return bot;
    const next = { ...bot, allowed: allowed.map(String) };
    state.bots.put(bot.id, next);
    return next;
  }

  return {
    getUpdates({ bot, params, gone }) {
      if (bot.webhook) throw WEBHOOK_ACTIVE;
      const limit = Math.min(Math.max(params.number("limit") ?? 100, 1), 100);
      const offset = params.number("offset") ?? 0;
      const timeout = Math.max(params.number("timeout") ?? 0, 0);
      return updates.read(remember(bot, params), { offset, limit, timeout }, gone);
    },
    setWebhook({ bot, params }) {
      const url = params.text("url") ?? "";
      const secret = params.text("secret_token");
      if (secret !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secret)) {
        throw bad("secret token contains unallowed characters");
      }
      if (limits.strict && clock() - (lastSet.get(bot.id) ?? Number.NEGATIVE_INFINITY) < 1000) throw tooMany(1);
      lastSet.set(bot.id, clock());
      if (params.flag("drop_pending_updates")) updates.clear(bot.id);
      const { webhook: _, ...rest } = remember(bot, params);
      if (url === "") {
        state.bots.put(bot.id, rest);
        return true;
      }
      checkAddress(url);
      const maxConnections = Math.min(Math.max(params.number("max_connections") ?? 40, 1), 100);
      state.bots.put(bot.id, { ...rest, webhook: { url, maxConnections, ...(secret ? { secret } : {}) } });
      updates.interrupt(bot.id, INTERRUPTED);
      look(bot.id);
      return true;
    },
    deleteWebhook({ bot, params }) {
      if (params.flag("drop_pending_updates")) updates.clear(bot.id);
      const { webhook: _, ...rest } = bot;
      state.bots.put(bot.id, rest);
      return true;
    },
    getWebhookInfo: ({ bot }) => ({
      url: bot.webhook?.url ?? "",
      has_custom_certificate: false,
      pending_update_count: updates.waiting(bot.id).length,
      ...(bot.webhook ? { max_connections: bot.webhook.maxConnections } : {}),
      ...(bot.webhook?.lastErrorAt
        ? { last_error_date: Math.floor(bot.webhook.lastErrorAt / 1000), last_error_message: bot.webhook.lastError }
        : {}),
      ...(bot.allowed.length > 0 ? { allowed_updates: bot.allowed } : {}),
    }),
    close: () => true,
    logOut: () => true,
  };
}

/** Telegram wants https on four ports; plain http is taken only for this machine, where nobody has a certificate. */
function checkAddress(value: string): void {
  if (!URL.canParse(value)) throw bad("bad webhook: invalid webhook URL specified");
  const url = new URL(value);
  if (["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) return;
  if (url.protocol !== "https:") throw bad("bad webhook: An HTTPS URL must be provided for webhook");
  if (!["", "443", "80", "88", "8443"].includes(url.port)) {
    throw bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
  }
}
