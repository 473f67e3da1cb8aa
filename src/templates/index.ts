/** The ready bundles, most wanted first. */
import { bitrix24Mertago } from "./bitrix24-mertago.ts";
import { calltouchMoysklad } from "./calltouch-moysklad.ts";
import { calltouchRetailcrm } from "./calltouch-retailcrm.ts";
import { facebookRemonline } from "./facebook-remonline.ts";
import { nethouseRetailcrm } from "./nethouse-retailcrm.ts";
import type { TemplateSet } from "./template.ts";
import { vkAmocrm, vkAmocrmTen } from "./vk-amocrm.ts";

export { fileOf, type ReadyBundle, type TemplateSet } from "./template.ts";

export const TEMPLATES: readonly TemplateSet[] = [
  calltouchRetailcrm,
  calltouchMoysklad,
  vkAmocrm,
  vkAmocrmTen,
  facebookRemonline,
  nethouseRetailcrm,
  bitrix24Mertago,
];
