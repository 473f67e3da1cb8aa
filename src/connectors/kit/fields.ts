/** The words of a form: what a connector asks for and what it hands on. */

/** A sentence or a name in every language of the interface; the compiler keeps both complete. */
export interface Text {
  readonly ru: string;
  readonly en: string;
}

export type Locale = keyof Text;

export type FieldKind =
  | "text"
  | "longText"
  | "integer"
  | "decimal"
  | "boolean"
  | "dateTime"
  | "phone"
  | "email"
  /** One of `choices`. */
  | "choice"
  /** One of the account's own values, read through the connector's list named in `list`. */
  | "reference"
  /** Any JSON: an object, or a list whose elements have no kind of their own. */
  | "object";

/**
 * Who reads a field's text. `json`: a JSON document; `url`: an address; `lines`: lines `name=value` or `name: value`;
 * `xml`: a document whose values are escaped.
 * References in such a text are written so that no value can break it or add to it.
 */
export type Syntax = "json" | "url" | "lines" | "xml";

/** A pickable value; the value is what the service gets, the label is what a person reads. */
export interface Choice {
  readonly value: string;
  readonly label: Text;
}

/**
 * What a value means, whatever a service calls it. The mapping proposal pairs fields by it, so use one of
 * these wherever it fits and leave it out where none does.
 */
export type Meaning =
  | "id"
  | "externalId"
  | "phone"
  | "phone.own"
  | "email"
  | "name.full"
  | "name.first"
  | "name.last"
  | "name.middle"
  | "company"
  | "title"
  | "comment"
  | "status"
  | "type"
  | "amount"
  | "currency"
  | "createdAt"
  | "changedAt"
  | "closedAt"
  | "city"
  | "address"
  | "url"
  | "source"
  | "medium"
  | "campaign"
  | "utm.source"
  | "utm.medium"
  | "utm.campaign"
  | "utm.content"
  | "utm.term"
  | "clientId.google"
  | "clientId.yandex"
  | "tags"
  | "manager"
  | "quantity"
  | "duration"
  | "call.id"
  | "request.id"
  | "customer.id"
  | "order.id"
  | "order.externalId"
  | "deal.id"
  | "contact.id";

export interface Field {
  /** Where the value lies: a plain name for inputs; for outputs a path such as `client.phones.0.phoneNumber`. */
  readonly key: string;
  /** As the service's own interface names it, in both languages. */
  readonly label: Text;
  readonly kind: FieldKind;
  /** A list of values of this kind. */
  readonly many?: boolean;
  readonly required?: boolean;
  /** Never shown, logged or stored in clear. */
  readonly secret?: boolean;
  /** One sentence for a person: what it is, or where to find it. */
  readonly hint?: Text;
  readonly choices?: readonly Choice[];
  /** Choices are suggestions: any other text is taken too. */
  readonly open?: boolean;
  /** For `reference`: the connector's list, and the sibling fields whose values narrow it. */
  readonly list?: { readonly name: string; readonly dependsOn?: readonly string[] };
  /** Proposed when nothing better is known; a Liquid template like any value. */
  readonly initial?: string;
  /** Only while a sibling has one of these values; hidden, not required and left out otherwise. For options and inputs. */
  readonly when?: { readonly field: string; readonly is: readonly string[] };
  /** What date-times look like at the service, when they are not ISO 8601: Liquid's `date` format, e.g. `%d-%m-%Y %H:%M:%S`. */
  readonly format?: string;
  /**
   * What a typed value of a connection looks like, where that is certain: the source of a regular expression for the
   * whole of it, and the sentence for what doesn't match. The sentence never repeats the value, which may be secret.
   */
  readonly pattern?: { readonly source: string; readonly sentence: Text };
  /** The text is read by its syntax; `by`: which one, by the value of a sibling. Only for texts. */
  readonly syntax?: Syntax | { readonly by: string; readonly is: Readonly<Record<string, Syntax>> };
  readonly meaning?: Meaning;
  /** Custom field of the account, read from it rather than declared. */
  readonly custom?: boolean;
  /** Shown at once in the mapping proposal even when nothing fills it; other empty ones wait behind "more fields". */
  readonly common?: boolean;
}

/** A value as JSON knows it. Integers too large for a double are decimal text, never rounded. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
