/** What whoever connects Mertago has to know about its API, which the vendor doesn't publish. */
import type { Auth, Field } from "../kit/define.ts";
import { DEFAULT_BODY, NAMES } from "./template.ts";

const ADDRESS = {
  source: "https://[^\\s@]+",
  sentence: {
    ru: "Нужен адрес целиком, с https:// в начале, без пробелов.",
    en: "The whole address is needed, with https:// at its beginning and no spaces.",
  },
};
const PATH = {
  source: "(?!https?:)\\S+",
  sentence: {
    ru: "Путь пишется без адреса сервиса и без пробелов, например /contacts.",
    en: "A path has neither the service's address nor spaces in it: /contacts, for example.",
  },
};

const required: readonly Field[] = [
  {
    key: "baseUrl",
    label: { ru: "Адрес API", en: "API address" },
    kind: "text",
    required: true,
    hint: {
      ru: "Его даёт поддержка Mertago. Например, https://ваш-аккаунт.example/api.",
      en: "Mertago's support gives it. For example https://your-account.example/api.",
    },
  },
  {
    key: "createPath",
    label: { ru: "Путь создания контакта", en: "Path to create a contact" },
    kind: "text",
    required: true,
    hint: {
      ru: "Из документации от поддержки. Вместо ID компании напишите {companyId}: /companies/{companyId}/contacts.",
      en: "From the documentation of the support. Write {companyId} in place of the company's ID: /companies/{companyId}/contacts.",
    },
    pattern: PATH,
  },
];
const optional: readonly Field[] = [
  {
    key: "createMethod",
    label: { ru: "Метод создания", en: "Method to create" },
    kind: "choice",
    initial: "POST",
    choices: (["POST", "PUT", "PATCH"] as const).map((value) => ({ value, label: { ru: value, en: value } })),
  },
  {
    key: "body",
    label: { ru: "Тело запроса", en: "Request body" },
    kind: "longText",
    hint: {
      ru: `JSON, где {{phone}} – значение поля. Есть: ${NAMES.join(", ")}. Если пусто: ${DEFAULT_BODY}`,
      en: `JSON in which {{phone}} is a field's value. There are: ${NAMES.join(", ")}. When empty: ${DEFAULT_BODY}`,
    },
  },
  {
    key: "idPath",
    label: { ru: "Где в ответе ID контакта", en: "Where the answer has the contact's ID" },
    kind: "text",
    hint: {
      ru: "Например, id или data.contact.id. Если пусто: id.",
      en: "Such as id or data.contact.id. When empty: id.",
    },
  },
  {
    key: "checkPath",
    label: { ru: "Путь проверки", en: "Path to check" },
    kind: "text",
    hint: {
      ru: "Что спросить, чтобы проверить доступ. Если пусто, доступ не проверяется.",
      en: "What to ask for to check the access. When empty the access isn't checked.",
    },
  },
  {
    key: "checkMethod",
    label: { ru: "Метод проверки", en: "Method to check" },
    kind: "choice",
    initial: "GET",
    choices: (["GET", "HEAD", "POST"] as const).map((value) => ({ value, label: { ru: value, en: value } })),
  },
  {
    key: "findPath",
    label: { ru: "Путь поиска контакта", en: "Path to find a contact" },
    kind: "text",
    hint: {
      ru: "Для поиска дубликатов: /contacts?{key}={value}, где {key} станет phone или email.",
      en: "For duplicates: /contacts?{key}={value}, where {key} becomes phone or email.",
    },
  },
  {
    key: "findIdPath",
    label: { ru: "Где у найденного ID", en: "Where a found one has its ID" },
    kind: "text",
    hint: { ru: "Если пусто: id.", en: "When empty: id." },
  },
];

const url = (key: string, ru: string, en: string, hint: { ru: string; en: string }): Field => ({
  key,
  label: { ru, en },
  kind: "text",
  required: true,
  hint,
  pattern: ADDRESS,
});

export const auth: Auth = {
  kind: "oauth2",
  grant: {
    consent: "{authorizeUrl}",
    token: "{tokenUrl}",
    pkce: true,
    fields: [
      ...required,
      url("authorizeUrl", "Адрес страницы входа", "Consent page's address", {
        ru: "Authorization URL из документации OAuth 2. Права (scope), если нужны, допишите к нему: ?scope=…",
        en: "The authorization URL of its OAuth 2. Add the rights (scope) to it where they are needed: ?scope=…",
      }),
      url("tokenUrl", "Адрес токенов", "Token address", {
        ru: "Token URL из документации OAuth 2.",
        en: "The token URL of its OAuth 2.",
      }),
      ...optional,
    ],
  },
  appSteps: [
    {
      ru: "Попросите поддержку Mertago зарегистрировать приложение OAuth 2 с адресом возврата – адрес этого сервера и /oauth/callback.",
      en: "Ask Mertago's support to register an OAuth 2 app whose redirect address is this server's with /oauth/callback.",
    },
    {
      ru: "Впишите ID приложения в OAUTH_MERTAGO_ID, секрет – в OAUTH_MERTAGO_SECRET.",
      en: "Put the app's ID into OAUTH_MERTAGO_ID and its secret into OAUTH_MERTAGO_SECRET.",
    },
  ],
  otherwise: { ru: "Токен, ключ или пароль", en: "Token, key or password" },
  steps: [
    {
      ru: "Mertago не публикует свой API: подключение сделано по одной инструкции, на живом сервисе его не проверял никто.",
      en: "Mertago doesn't publish its API: this is made from a single article, and nobody has proven it against the live service.",
    },
    {
      ru: "Войдите в нужный аккаунт Mertago с правами администратора и попросите у поддержки адрес API, токен и документацию.",
      en: "Sign in to the right Mertago account as an administrator and ask the support for the API's address, a token and the documentation.",
    },
    {
      ru: "Ответьте на вопросы по ней. Остальное (тело запроса, проверка, поиск) можно настроить потом в карточке подключения.",
      en: "Answer the questions from it. The rest (request body, check, search) can be set later on the connection's card.",
    },
  ],
  fields: [
    {
      key: "authMode",
      label: { ru: "Как сервис узнаёт вас", en: "How the service knows you" },
      kind: "choice",
      required: true,
      choices: [
        { value: "bearer", label: { ru: "токен (Bearer)", en: "token (Bearer)" } },
        { value: "header", label: { ru: "ключ в заголовке", en: "key in a header" } },
        { value: "basic", label: { ru: "логин и пароль", en: "login and password" } },
      ],
    },
    {
      key: "secret",
      label: { ru: "Токен, ключ или пароль", en: "Token, key or password" },
      kind: "text",
      required: true,
      secret: true,
    },
    {
      key: "name",
      label: { ru: "Имя заголовка или логин", en: "Header's name or login" },
      kind: "text",
      hint: {
        ru: "Для ключа в заголовке (если пусто: X-Api-Key) и для логина с паролем.",
        en: "For a key in a header (when empty: X-Api-Key), and for login and password.",
      },
    },
    ...required,
    ...optional,
  ],
};
