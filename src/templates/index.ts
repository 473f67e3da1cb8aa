/** The ready bundles, most wanted first. */
import { bitrix24Mertago } from "./bitrix24-mertago.ts";
import { calltouchMoysklad } from "./calltouch-moysklad.ts";
import { calltouchRetailcrm } from "./calltouch-retailcrm.ts";
import { facebookRemonline } from "./facebook-remonline.ts";
import { moyskladEmail, remonlineEmail, remonlineReview, retailcrmEmail } from "./letters.ts";
import { nethouseRetailcrm } from "./nethouse-retailcrm.ts";
import {
  amocrmBitrix24,
  bigOrderApproval,
  facebookAmocrm,
  formAmocrm,
  retailcrmMoysklad,
  vkRetailcrm,
} from "./records.ts";
import {
  amocrmSheets,
  formSheetsEmail,
  nethouseSheets,
  retailcrmSheets,
  sheetsAmocrm,
  sheetsRetailcrm,
  vkSheets,
} from "./sheets.ts";
import {
  bitrix24Telegram,
  facebookTelegram,
  missedCallTelegram,
  morningSummary,
  moyskladTelegram,
  nethouseTelegram,
  remonlineTelegram,
  retailcrmTelegram,
  vkTelegram,
} from "./telegram.ts";
import type { TemplateSet } from "./template.ts";
import { vkAmocrm, vkAmocrmTen } from "./vk-amocrm.ts";

export { fileOf, type ReadyBundle, type TemplateSet } from "./template.ts";

export const TEMPLATES: readonly TemplateSet[] = [
  calltouchRetailcrm,
  calltouchMoysklad,
  vkAmocrm,
  vkAmocrmTen,
  vkRetailcrm,
  facebookRemonline,
  facebookAmocrm,
  formAmocrm,
  formSheetsEmail,
  nethouseRetailcrm,
  bitrix24Mertago,
  retailcrmMoysklad,
  amocrmBitrix24,
  retailcrmTelegram,
  moyskladTelegram,
  remonlineTelegram,
  vkTelegram,
  facebookTelegram,
  bitrix24Telegram,
  missedCallTelegram,
  nethouseTelegram,
  morningSummary,
  retailcrmSheets,
  vkSheets,
  amocrmSheets,
  nethouseSheets,
  sheetsAmocrm,
  sheetsRetailcrm,
  moyskladEmail,
  retailcrmEmail,
  remonlineEmail,
  remonlineReview,
  bigOrderApproval,
];
