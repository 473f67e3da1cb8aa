/** What a bot says about itself: commands by scope and language, name, descriptions, the menu button. */
import { isObject, type Params } from "../params.ts";
import type { Bot, BotCommand, State } from "../state.ts";
import { bad } from "../types.ts";
import type { MethodDeps, Methods } from "./method.ts";

const MAX_COMMANDS = 100;
const SCOPES =
  "default all_private_chats all_group_chats all_chat_administrators chat chat_administrators chat_member".split(" ");
const TEXTS = [
  { method: "Name", field: "name", max: 64 },
  { method: "Description", field: "description", max: 512 },
  { method: "ShortDescription", field: "short_description", max: 120 },
] as const;

export const scopeKey = (scope: Record<string, unknown>, language: string): string =>
  [scope.type, scope.chat_id, scope.user_id].filter((part) => part !== undefined).join(":") +
  (language && ` ${language}`);

/** The list that a person sees: the narrowest scope wins, with their language before without. */
export function commandsFor(bot: Bot, chat: number, person: number, language: string): BotCommand[] {
  const scopes: Record<string, unknown>[] =
    chat > 0
      ? [{ type: "chat", chat_id: chat }, { type: "all_private_chats" }]
      : [
          { type: "chat_member", chat_id: chat, user_id: person },
          { type: "chat", chat_id: chat },
          { type: "all_group_chats" },
        ];
  for (const scope of [...scopes, { type: "default" }]) {
    for (const lang of [language, ""]) {
      const found = bot.commands[scopeKey(scope, lang)];
      if (found && found.length > 0) return found;
    }
  }
  return [];
}

export function settings({ state }: MethodDeps): Methods {
  const methods: Record<string, Methods[string]> = {
    setMyCommands({ bot, params }) {
      const commands = readCommands(params.json("commands"));
      save(state, bot.id, (fresh) => ({ ...fresh, commands: { ...fresh.commands, [keyOf(params)]: commands } }));
      return true;
    },
    deleteMyCommands({ bot, params }) {
      const { [keyOf(params)]: _, ...rest } = bot.commands;
      save(state, bot.id, (fresh) => ({ ...fresh, commands: rest }));
      return true;
    },
    getMyCommands: ({ bot, params }) => bot.commands[keyOf(params)] ?? [],
    setChatMenuButton({ bot, params }) {
      const button = params.json("menu_button");
      if (
        button !== undefined &&
        !(isObject(button) && ["commands", "web_app", "default"].includes(String(button.type)))
      ) {
        throw bad("can't parse menu button: Unsupported menu button type");
      }
      save(state, bot.id, (fresh) => ({ ...fresh, menuButton: button ?? { type: "default" } }));
      return true;
    },
    getChatMenuButton: ({ bot }) => bot.menuButton ?? { type: "commands" },
  };
  for (const { method, field, max } of TEXTS) {
    methods[`setMy${method}`] = ({ bot, params }) => {
      const text = params.text(field) ?? "";
      if (text.length > max) throw bad(`${field.replace("_", " ")} is too long`);
      const language = languageOf(params);
      save(state, bot.id, (fresh) => ({
        ...fresh,
        texts: { ...fresh.texts, [field]: { ...fresh.texts[field], [language]: text } },
      }));
      return true;
    };
    methods[`getMy${method}`] = ({ bot, params }) => {
      const texts = bot.texts[field] ?? {};
      const text = texts[languageOf(params)] || texts[""] || (field === "name" ? bot.name : "");
      return { [field]: text };
    };
  }
  return methods;
}

function save(state: State, id: number, change: (bot: Bot) => Bot): void {
  const fresh = state.bots.get(id);
  if (!fresh) return;
  state.bots.put(id, change(fresh));
  state.touch(`${id}.*`);
}

function languageOf(params: Params): string {
  const language = params.text("language_code") ?? "";
  if (language !== "" && !/^[a-z]{2}$/.test(language)) throw bad("invalid language code specified");
  return language;
}

function keyOf(params: Params): string {
  const scope = params.json("scope") ?? { type: "default" };
  if (!isObject(scope) || !SCOPES.includes(String(scope.type)))
    throw bad("can't parse BotCommandScope: Unsupported type specified");
  return scopeKey(scope, languageOf(params));
}

function readCommands(value: unknown): BotCommand[] {
  if (!Array.isArray(value)) throw bad("can't parse commands JSON object");
  if (value.length > MAX_COMMANDS) throw bad("BOT_COMMANDS_TOO_MUCH");
  return value.map((one: unknown): BotCommand => {
    const { command, description } = isObject(one) ? one : {};
    const name = typeof command === "string" ? command.replace(/^\//, "") : "";
    if (!/^[a-z0-9_]{1,32}$/.test(name)) throw bad("BOT_COMMAND_INVALID");
    if (typeof description !== "string" || description.length < 1 || description.length > 256) {
      throw bad("BOT_COMMAND_DESCRIPTION_INVALID");
    }
    return { command: name, description };
  });
}
