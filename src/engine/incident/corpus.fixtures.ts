/**
 * What services really say when they refuse, one line per cause, with the places where records differ. Words in
 * `{name!}` are nowhere in what was sent: nothing but the message tells that they are values.
 */
export const SAID: readonly string[] = [
  // retailCRM
  "Customer with externalId={id} already exists",
  "Order with externalId={id} already exists",
  '"orderType" with code "{word}" does not exist.',
  '"status" with code "{word}" does not exist.',
  '"paymentType" with code "{word}" does not exist.',
  "Errors in the entity format: phones[{int}].number: wrong format {phone}",
  'Errors in the entity format: email: "{email}" is not a valid e-mail',
  "Parameter 'externalId' must be unique, {id} given",
  "Parameter 'site' is missing",
  "Customers are loaded with errors: customers[{int}]: phone {phone} is too short",
  'Wrong "apiKey" value for site {url}',
  "API limit is exceeded: {int} requests in {int} s",
  // amoCRM
  "Не найдена сделка {id}",
  "Не найден контакт {id}",
  "Поле {id}: значение «{name}» не входит в список",
  "Поле «Бюджет» принимает только целые числа, передано {money}",
  "Пользователь {name} не имеет доступа к воронке {id}",
  "Превышен лимит запросов с IP {ip}",
  "Request validation failed: custom_fields_values[{int}].values[{int}].value: This value should be of type string.",
  'Request validation failed: status_id: This value should be of type int, "{word}" given.',
  'Request validation failed: pipeline_id: This value should be of type int, "{word}" given.',
  "Аккаунт {url} заблокирован",
  "Сделка {id} удалена пользователем {name} {date}",
  // Bitrix24
  "ID is not defined or invalid: {id}",
  "Контакт с идентификатором {id} не найден",
  'Стадия "{word}" не найдена в воронке {int}',
  'Поле "TITLE" обязательно для заполнения',
  'Поле "OPPORTUNITY" обязательно для заполнения',
  "Обязательное поле 'PHONE' не заполнено в элементе {id}",
  "Обязательное поле 'EMAIL' не заполнено в элементе {id}",
  "Access denied for method crm.deal.add, user {id}",
  "QUERY_LIMIT_EXCEEDED: Too many requests ({int}/{int})",
  "Operation time limit reached at {date}",
  // МойСклад
  "Ошибка сохранения объекта: поле 'name' не может быть пустым",
  "Ошибка сохранения объекта: поле 'agent' не может быть пустым",
  "Ошибка сохранения объекта: поле 'organization' не может быть пустым, запрос {uuid}",
  "Ошибка: объект с типом 'counterparty' и идентификатором '{uuid}' не найден",
  "Ошибка: объект с типом 'product' и идентификатором '{uuid}' не найден",
  "Ошибка валидации: поле 'phone' не может быть более '255' символов, передано '{int}'",
  "Неуникальный код товара: {word}",
  "Недостаточно остатка на складе {name} для товара {name}: нужно {int}, есть {int}",
  "Период {date} – {date} закрыт для изменений",
  // Calltouch
  "Order {id} not found",
  'Site "{id}" is not available',
  "Client id {id} is not unique for phone {phone}",
  "no event called {word!}",
  "dateFrom {date} must be before dateTo {date}",
  "Call {id} is older than {int} days",
  // RemOnline
  "Field 'client_id' has wrong value.<br>",
  "Field 'order_type' has wrong value.<br>",
  "Field 'phone' must be array.",
  "Field 'email' must be array.",
  "One of the parameters specified was missing or invalid: branch_id is undefined",
  "Client {name} ({phone}) is in the black list",
  "Token {hex} expired at {date}",
  // VK, Facebook
  "One of the parameters specified was missing or invalid: lead_id is invalid: {id}",
  "User authorization failed: access_token was given to another ip address {ip}.",
  "User authorization failed: invalid session, request {hex}",
  "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation",
  "(#100) Tried accessing nonexisting field ({word!}) on node type (Lead)",
  "(#200) Requires leads_retrieval permission to manage the object {id}",
  "Error validating access token: Session has expired on {date}. The current time is {date}.",
  "Too many calls from this ad-account {id}, wait {int} minutes",
  // Mertago, Nethouse
  "Компания {id} не найдена",
  "Контакт с телефоном {phone} уже есть: {name}",
  "Контакт с адресом {email} уже есть: {name}",
  "Значение {money} поля price больше допустимого {money}",
  // Google Sheets
  "Unable to parse range: {name}!A{int}:D{int}",
  "Requested entity was not found. Spreadsheet {word}",
  "This action would increase the number of cells in the workbook above the limit of {int} cells.",
  "You are trying to edit a protected cell or object in {name}",
  "The caller {email} does not have permission",
  // HTTP requests, databases behind them, mail, Telegram
  "SQLSTATE[{int}]: Duplicate entry '{email}' for key 'users.email'",
  "SQLSTATE[{int}]: Duplicate entry '{phone}' for key 'users.phone'",
  'duplicate key value violates unique constraint "orders_number_key" Detail: Key (number)=({id}) already exists.',
  'duplicate key value violates unique constraint "clients_phone_key" Detail: Key (phone)=({phone}) already exists.',
  '{"error":"not_found","path":"/v1/orders/{id}","trace":"{uuid}"}',
  '{"error":"bad_signature","path":"/v1/orders/{id}","trace":"{uuid}"}',
  "Cannot POST {path}",
  "Cannot PUT {path}",
  "Internal error, reference {hex}, time {date}",
  "Payload of {int} bytes is too large, {int} allowed",
  "550 5.1.1 <{email}>: Recipient address rejected: User unknown in virtual mailbox table",
  "552 5.2.2 <{email}>: Mailbox of the recipient is full, message {hex}",
  "Bad Request: chat {id} not found",
  "Bad Request: message to {id} is too long",
  "Too Many Requests: retry after {int}",
  "Товар «{name}» (артикул {word}) снят с продажи {date}",
  "Недопустимый город: {name}",
  "Недопустимая область: {name}",
  "Неизвестный менеджер {name!}",
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  int: ["7", "12", "250", "1 024", "3"],
  id: ["8812", "79001234567890123", "A-1042", "ord_9f3KdP2x", "00017"],
  phone: ["+7 900 123-45-67", "89001234567", "8 (495) 000-11-22", "+998 90 1234567", "79161112233"],
  email: [
    "anna@example.com",
    "i.petrov+shop@mail.example.ru",
    "bob_smith@corp.example",
    "x@y.example.org",
    "ООО-Вектор@пример.рф",
  ],
  uuid: [
    "5f0c7f3e-1111-4222-8333-444455556666",
    "0a0c7f3e-9999-4222-8333-444455556666",
    "DEADBEEF-0000-4abc-9def-0123456789ab",
    "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "00000000-0000-0000-0000-000000000000",
  ],
  hex: ["deadbeef", "9af0c3", "cafebabedeadbeefcafebabe", "0xFF12", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"],
  date: ["2026-03-02T10:00:00Z", "02.03.2026", "2 марта 2026 г.", "Mon, 02 Mar 2026 10:00:00 GMT", "2026-03-02 13:05"],
  url: [
    "https://shop.example.com",
    "http://a.example/x?y=1",
    "https://demo.retail.example/api/v5/",
    "https://b.example:8443",
    "https://пример.рф/путь",
  ],
  ip: ["10.0.0.7", "203.0.113.250", "2001:db8::1", "192.168.1.1", "198.51.100.4"],
  money: ["1500.50", "1 500,50", "99", "12 000 ₽", "0.01"],
  path: [
    "/orders/8812/items",
    "/v1/clients/5f0c7f3e-1111-4222-8333-444455556666",
    "/orders/A-1042/items/7",
    "/v1/clients/17",
    "/orders/ord_9f3KdP2x",
  ],
  word: ["new", "in-work", "Tilda", "LP_spring", "оплачен"],
  name: ["Анна Петрова", "Smith & Sons", "ООО «Вектор»", "Нижний Новгород", "O'Brien"],
};

export interface Message {
  readonly cause: number;
  readonly text: string;
  /** What was sent. */
  readonly input: Readonly<Record<string, string>>;
}

/** Five messages of each cause, each about another record. */
export function corpus(): Message[] {
  return SAID.flatMap((template, cause) =>
    [0, 1, 2, 3, 4].map((turn) => {
      const input: Record<string, string> = { comment: "Звонок", source: "site" };
      let place = 0;
      const text = template.replace(/\{(\w+)(!?)\}/g, (_, kind: string, isUnknown: string) => {
        const values = VALUES[kind] ?? [];
        const value = values[(turn + place++) % values.length] ?? "";
        if (isUnknown === "") input[`${kind}${place}`] = value;
        return value;
      });
      return { cause, text, input };
    }),
  );
}

/** Written down after the rules were, each group one cause: what they hadn't been made for. */
export const UNSEEN: readonly (readonly string[])[] = [
  ["Lead 'Запрос с сайта' is already converted to deal #5512", "Lead 'Звонок +7 900' is already converted to deal #9"],
  ["Товара с артикулом AB-77/12 нет в каталоге «Весна 2026»", "Товара с артикулом ZX-9 нет в каталоге «Лето»"],
  ["The selected city id is invalid.", "The selected city id is invalid."],
  ["The selected manager id is invalid.", "The selected manager id is invalid."],
  ["The phone field must be a valid phone number.", "The phone field must be a valid phone number."],
  ["The email field must be a valid email address.", "The email field must be a valid email address."],
  [
    'Unexpected status transition: from "new" to "complete" (order 5512A)',
    'Unexpected status transition: from "paid" to "sent" (order 12)',
  ],
  ["Missing required property: customer.phone", "Missing required property: customer.phone"],
  ["Missing required property: customer.email", "Missing required property: customer.email"],
  ["rate exceeded for 203.0.113.4, try again in 12.5s", "rate exceeded for 198.51.100.77, try again in 3s"],
  ["Could not resolve host: api-eu1.crm.example.com", "Could not resolve host: api-eu7.crm.example.com"],
  [
    "javax.validation.ConstraintViolationException: amount: must be greater than 0 [trace=4bf92f3577b34da6a3ce929d0e0e4736]",
    "javax.validation.ConstraintViolationException: amount: must be greater than 0 [trace=00f067aa0ba902b7]",
  ],
  [
    "javax.validation.ConstraintViolationException: price: must be greater than 0 [trace=4bf92f3577b34da6a3ce929d0e0e4736]",
  ],
  ["Документ № 000-12 от 02.03.26 уже проведён", "Документ № А15 от 15 мая уже проведён"],
  [
    "<html><head><title>504 Gateway Time-out</title></head></html>",
    "<html><head><title>502 Gateway Time-out</title></head></html>",
  ],
  ["Контрагент ИНН 7707083893 ликвидирован 12.01.2025", "Контрагент ИНН 500100732259 ликвидирован 1 февраля 2024 года"],
  [
    "Не удалось отправить SMS на +7(900)123-45-67: абонент недоступен",
    "Не удалось отправить SMS на 8 900 765 43 21: абонент недоступен",
  ],
  [
    "Не удалось отправить SMS на +7(900)123-45-67: мало средств, баланс -12,50 ₽",
    "Не удалось отправить SMS на 8 900 765 43 21: мало средств, баланс 0 ₽",
  ],
];
