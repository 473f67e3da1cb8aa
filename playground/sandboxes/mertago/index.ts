/**
 * Mertago publishes no API, so this one is made up: buyer companies with contacts behind a plain OAuth 2 or a token. It
 * proves the configurable connector, and says nothing about the service.
 */
import { createHash, randomBytes } from "node:crypto";
import { consentPage, isAllowed, redirect } from "../consent.ts";
import {
  type Call,
  collection,
  html,
  json,
  newestFirst,
  object,
  type Reply,
  type Sandbox,
  type SandboxDeps,
  text,
} from "../kit.ts";

const HOST = "mertago.example.test";
const TOKEN = "mertago-sandbox-token-2f9c";
const APP = { id: "mertago-app-1", secret: "mertago-app-secret-77" };
const ACCESS_MS = 3_600_000;
const CODE_MS = 60_000;
const COMPANIES = [
  { id: "7001", name: "ООО «Закупка»" },
  { id: "7002", name: "ИП Демидов" },
];

interface Contact {
  id: number;
  company_id: string;
  name: string;
  phone: string;
  email: string;
  [more: string]: unknown;
}
interface Token {
  kind: "code" | "access" | "refresh";
  until: number;
  /** SHA-256 that the verifier of a code has to have. */
  challenge?: string;
  redirect?: string;
}

const problem = (status: number, message: string, headers: Record<string, string> = {}) =>
  json(status, { message }, headers);
const digits = (value: unknown) => String(value ?? "").replace(/\D/g, "");

export function makeMertago(deps: SandboxDeps): Sandbox {
  const contacts = collection<Contact>(deps, "mertago", "contacts");
  const tokens = collection<Token>(deps, "mertago", "tokens");

  function issue(kind: Token["kind"], ms: number, more: Partial<Token> = {}): string {
    const value = `${kind}-${randomBytes(16).toString("hex")}`;
    tokens.put(value, { kind, until: deps.now().getTime() + ms, ...more });
    return value;
  }
  function spend(kind: Token["kind"], value: string): Token | undefined {
    const known = tokens.get(value);
    if (known?.kind !== kind || known.until < deps.now().getTime()) return undefined;
    tokens.remove(value);
    return known;
  }

  function consent(call: Call): Reply {
    const { query } = call;
    const to = query.get("redirect_uri");
    if (query.get("client_id") !== APP.id || query.get("response_type") !== "code" || !to)
      return html(400, "Неверный запрос приложения");
    const state = query.get("state") ?? "";
    if (call.method !== "POST")
      return consentPage({ service: "Mertago", account: HOST, rights: ["Компании и контакты"] });
    if (!isAllowed(call.body)) return redirect(to, { error: "access_denied", state });
    const challenge = query.get("code_challenge") ?? undefined;
    return redirect(to, {
      code: issue("code", CODE_MS, { redirect: to, ...(challenge ? { challenge } : {}) }),
      state,
    });
  }

  function token(call: Call): Reply {
    const form = new URLSearchParams(call.body);
    if (form.get("client_id") !== APP.id || form.get("client_secret") !== APP.secret)
      return json(401, { error: "invalid_client" });
    const isCode = form.get("grant_type") === "authorization_code";
    const spent = isCode ? spend("code", form.get("code") ?? "") : spend("refresh", form.get("refresh_token") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const isProven = !isCode || (spent?.redirect === form.get("redirect_uri") && (spent?.challenge ?? proof) === proof);
    if (!spent || !isProven) return json(400, { error: "invalid_grant" });
    return json(200, {
      token_type: "Bearer",
      access_token: issue("access", ACCESS_MS),
      refresh_token: issue("refresh", 90 * 86_400_000),
      expires_in: ACCESS_MS / 1_000,
    });
  }

  function mayEnter(call: Call): boolean {
    const [kind = "", value = ""] = (call.headers.authorization ?? "").split(" ");
    if (call.headers["x-token"] === TOKEN) return true;
    if (kind === "Basic") return Buffer.from(value, "base64").toString() === `admin:${TOKEN}`;
    const known = tokens.get(value);
    return kind === "Bearer" && (value === TOKEN || (known?.kind === "access" && known.until >= deps.now().getTime()));
  }

  const shape = (contact: Contact) =>
    deps.choice("answer") === "nested" ? { data: { contact } } : deps.choice("answer") === "empty" ? {} : contact;

  function create(companyId: string, call: Call): Reply {
    if (!COMPANIES.some(({ id }) => id === companyId)) return problem(404, "Company not found");
    let body: Record<string, unknown> | undefined;
    try {
      body = object(JSON.parse(call.body));
    } catch {
      return problem(400, "Body is not JSON");
    }
    const name = text(body?.name);
    if (!name) return problem(422, "The field name is required");
    const phone = text(body?.phone) ?? "";
    const isKnown = contacts.all().some((one) => phone !== "" && digits(one.phone) === digits(phone));
    if (isKnown && deps.choice("same") === "conflict") return problem(409, "Contact already exists");
    const id = 500 + contacts.next();
    const contact: Contact = { ...body, id, company_id: companyId, name, phone, email: text(body?.email) ?? "" };
    contacts.put(String(id), contact);
    return json(201, shape(contact));
  }

  function find(query: URLSearchParams): Reply {
    const [phone, email] = [query.get("phone"), query.get("email")];
    // A search by a part of the digits brings others too: whoever asks has to look again.
    const found = contacts
      .all()
      .filter(
        (one) =>
          (phone !== null && digits(one.phone).includes(digits(phone).slice(-4))) ||
          (email !== null && one.email.toLowerCase() === email.toLowerCase()),
      );
    return json(200, deps.choice("answer") === "nested" ? { data: { items: found } } : found);
  }

  const app = (call: Call): Reply => {
    if (!mayEnter(call)) return problem(401, "Unauthorized");
    const path = call.path.replace(/^api\/v1\//, "");
    if (path === "me") return json(200, { account: "ООО «Закупка»" });
    if (path === "contacts" && call.method === "GET") return find(call.query);
    const company = /^companies\/([^/]+)\/contacts$/.exec(path)?.[1];
    if (company !== undefined && call.method === "POST") return create(company, call);
    return problem(404, "Not found");
  };

  const label = (ru: string, en: string) => ({ ru, en });
  return {
    key: "mertago",
    name: label("Mertago (API выдуман)", "Mertago (made-up API)"),
    perSecond: 20,
    credentials: [
      { key: "authMode", label: label("Вход", "Sign-in"), value: "bearer" },
      { key: "secret", label: label("Токен", "Token"), value: TOKEN },
      { key: "baseUrl", label: label("Адрес API", "API address"), value: `https://${HOST}/api/v1` },
      {
        key: "createPath",
        label: label("Путь создания контакта", "Path to create a contact"),
        value: "/companies/{companyId}/contacts",
      },
      { key: "checkPath", label: label("Путь проверки", "Path to check"), value: "/me" },
      { key: "authorizeUrl", label: label("Страница входа", "Consent page"), value: `https://${HOST}/oauth/authorize` },
      { key: "tokenUrl", label: label("Адрес токенов", "Token address"), value: `https://${HOST}/oauth/token` },
    ],
    app: APP,
    switches: [
      {
        key: "answer",
        label: label("Ответ на создание", "Answer to a create"),
        choices: [
          { value: "flat", label: label("контакт", "the contact") },
          { value: "nested", label: label("внутри data", "inside data") },
          { value: "empty", label: label("пустой", "empty") },
        ],
      },
      {
        key: "same",
        label: label("Контакт с тем же телефоном", "Contact with a phone in use"),
        choices: [
          { value: "allowed", label: label("создаётся", "is made") },
          { value: "conflict", label: label("отказ 409", "refused with 409") },
        ],
      },
    ],
    tables: () => [
      {
        name: "contacts",
        label: label("Контакты покупателей", "Buyers' contacts"),
        rows: newestFirst(contacts.all()),
        columns: [
          { key: "id", label: label("ID", "ID") },
          { key: "company_id", label: label("Компания", "Company") },
          { key: "name", label: label("Имя", "Name") },
          { key: "phone", label: label("Телефон", "Phone") },
          { key: "email", label: label("Email", "Email") },
        ],
      },
      {
        name: "companies",
        label: label("Компании (покупатели)", "Companies (buyers)"),
        rows: COMPANIES,
        columns: [
          { key: "id", label: label("ID", "ID") },
          { key: "name", label: label("Название", "Name") },
        ],
      },
    ],
    buttons: () => [],
    press: () => ({}),
    handle(call) {
      if (call.path === "oauth/authorize") return consent(call);
      if (call.path === "oauth/token" && call.method === "POST") return token(call);
      return app(call);
    },
    tooMany: () => problem(429, "Too many requests", { "retry-after": "2" }),
    expired: () => problem(401, "Unauthorized"),
    clear() {
      contacts.clear();
      tokens.clear();
    },
  };
}
