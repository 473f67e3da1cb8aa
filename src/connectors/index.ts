/** The catalogue: the only list of connectors. Services first, built-in tools after them. */
import { calltouch } from "./calltouch/index.ts";
import { http } from "./core/http.ts";
import { schedule } from "./core/schedule.ts";
import { telegram } from "./core/telegram.ts";
import { webhook } from "./core/webhook.ts";
import type { Connector } from "./kit/define.ts";
import { moysklad } from "./moysklad/index.ts";
import { remonline } from "./remonline/index.ts";
import { retailcrm } from "./retailcrm/index.ts";

export const connectors: readonly Connector[] = [
  calltouch,
  retailcrm,
  moysklad,
  remonline,
  telegram,
  webhook,
  http,
  schedule,
];
