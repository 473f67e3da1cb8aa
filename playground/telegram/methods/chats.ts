/** getMe, getFile, answerCallbackQuery, and what a bot may ask about chats. */
import { bad } from "../types.ts";
import { type MethodDeps, type Methods, targetOf } from "./method.ts";

const MAX_DOWNLOAD = 20 * 1024 * 1024;
const MAX_ANSWER = 200;

export function chats(deps: MethodDeps): Methods {
  const { state, files, presses } = deps;

  return {
    getMe: ({ bot }) => ({
      ...state.botUser(bot),
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
    }),
    getFile({ params }) {
      const file = files.get(params.text("file_id") ?? "");
      if (!file) throw bad("invalid file_id");
      if (file.file_size > MAX_DOWNLOAD) throw bad("file is too big");
      const { file_id, file_unique_id, file_size, path } = file;
      return { file_id, file_unique_id, file_size, file_path: path };
    },
    answerCallbackQuery({ bot, params }) {
      const text = params.text("text") ?? "";
      if (text.length > MAX_ANSWER) throw bad("MESSAGE_TOO_LONG");
      const url = params.text("url");
      presses.answer(bot.id, params.text("callback_query_id") ?? "", {
        text,
        alert: params.flag("show_alert"),
        ...(url ? { url } : {}),
      });
      return true;
    },
    getChat(call) {
      const { chat } = targetOf(deps, call);
      return { ...chat, accent_color_id: 0, max_reaction_count: 11 };
    },
    getChatMember(call) {
      const { chat } = targetOf(deps, call);
      const id = call.params.number("user_id") ?? 0;
      const group = state.groups.get(chat.id);
      const bot = state.bots.get(id);
      const person = state.people.get(id);
      if (!bot && !person) throw bad("member not found");
      const user = bot ? state.botUser(bot) : person && state.personUser(person);
      const isIn = group ? group.people.includes(id) || group.bots.includes(id) : id === chat.id || id === call.bot.id;
      const isOwner = group?.people[0] === id;
      return {
        user,
        status: !isIn ? "left" : isOwner ? "creator" : "member",
        ...(isOwner ? { is_anonymous: false } : {}),
      };
    },
    getChatMemberCount(call) {
      const { chat } = targetOf(deps, call);
      const group = state.groups.get(chat.id);
      return group ? group.people.length + group.bots.length : 2;
    },
    getChatAdministrators(call) {
      const { chat } = targetOf(deps, call);
      const owner = state.people.get(state.groups.get(chat.id)?.people[0] ?? 0);
      if (!owner) throw bad("there are no administrators in the private chat");
      return [{ user: state.personUser(owner), status: "creator", is_anonymous: false }];
    },
    leaveChat(call) {
      const { chat } = targetOf(deps, call);
      const group = state.groups.get(chat.id);
      if (!group) throw bad("chat member status can't be changed in private chats");
      state.groups.put(group.id, { ...group, bots: group.bots.filter((id) => id !== call.bot.id) });
      state.touch(`${group.id}`);
      return true;
    },
  };
}
