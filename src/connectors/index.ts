/** The catalogue: the only list of connectors. Services first, built-in tools after them. */

import { amocrm } from "./amocrm/index.ts";
import { bitrix24 } from "./bitrix24/index.ts";
import { calltouch } from "./calltouch/index.ts";
import { http } from "./core/http.ts";
import { schedule } from "./core/schedule.ts";
import { storage } from "./core/storage.ts";
import { telegram } from "./core/telegram.ts";
import { tools } from "./core/tools/index.ts";
import { webhook } from "./core/webhook.ts";
import { email } from "./email/index.ts";
import { facebook } from "./facebook/index.ts";
import { googleSheets } from "./google-sheets/index.ts";
import type { Connector } from "./kit/define.ts";
import { mertago } from "./mertago/index.ts";
import { moysklad } from "./moysklad/index.ts";
import { nethouse } from "./nethouse/index.ts";
import { remonline } from "./remonline/index.ts";
import { retailcrm } from "./retailcrm/index.ts";
import { vk } from "./vk/index.ts";

export const connectors: readonly Connector[] = [
  calltouch,
  amocrm,
  bitrix24,
  retailcrm,
  moysklad,
  mertago,
  nethouse,
  remonline,
  vk,
  facebook,
  googleSheets,
  telegram,
  email,
  webhook,
  http,
  schedule,
  storage,
  tools,
];
