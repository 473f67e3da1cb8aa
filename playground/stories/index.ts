/** The stories by name: each is played from an empty chat, as a person would. */
import { bitrix24Mertago } from "./bitrix24-mertago.ts";
import { calltouchMoysklad } from "./calltouch-moysklad.ts";
import { calltouchRetailcrm } from "./calltouch-retailcrm.ts";
import { facebookRemonline } from "./facebook-remonline.ts";
import { nethouse } from "./nethouse.ts";
import { remonline } from "./remonline.ts";
import { sheets } from "./sheets.ts";
import type { Stage } from "./stage.ts";
import { templates } from "./templates.ts";
import { vkAmocrm } from "./vk-amocrm.ts";
import { vkRetailcrm } from "./vk-retailcrm.ts";
import { webhookAmocrm } from "./webhook-amocrm.ts";

export interface Story {
  readonly name: string;
  readonly title: string;
  /** Services whose records the story reports. */
  readonly services: readonly string[];
  play(stage: Stage): Promise<void>;
}

export const STORIES: readonly Story[] = [
  calltouchRetailcrm,
  calltouchMoysklad,
  bitrix24Mertago,
  nethouse,
  remonline,
  facebookRemonline,
  vkRetailcrm,
  vkAmocrm,
  webhookAmocrm,
  sheets,
  templates,
];
