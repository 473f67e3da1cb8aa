import type { Contract } from "../contract.ts";
import { makeTelegramService } from "../telegramservice.ts";

let chat = "";

export const contract: Contract = {
  makers: [makeTelegramService],
  auth(credentials) {
    chat = credentials.chat ?? "";
    return { token: credentials.token ?? "" };
  },
  writes: { sendMessage: { made: "messages", input: () => ({ chat, text: "Новый заказ" }) } },
};
