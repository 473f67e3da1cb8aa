/** Text with references in it: Liquid with few tags, chosen filters, own properties only, and limits on everything. */
import { Context, Liquid, Output, type Template, toValueSync } from "liquidjs";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Json, JsonObject, Syntax, Text } from "../../connectors/kit/fields.ts";
import { asJson, isLimit, makeFilters, WORK_LIMIT, weigh } from "./filters.ts";
import { toText, type ValueSettings } from "./settings.ts";
import { collect, Ready, Written, writeAs, writeLone } from "./syntax.ts";

const TAGS = new Set(
  "# assign break capture case comment continue cycle decrement echo for if increment raw unless".split(" "),
);
const MAX_TEMPLATE = 65_536;
const MAX_OUTPUT = 1_048_576;
const MAX_MILLISECONDS = 1_000;
const MAX_CACHED = 2_000;

/** A step's value that a template asks for. */
export interface Reference {
  readonly ref: string;
  readonly path: readonly string[];
}
interface Compiled {
  readonly templates: readonly Template[];
  /** The template is one reference and nothing else, so its value keeps its type. */
  readonly lone: Output | null;
  references: readonly Reference[] | null;
  /** Why it can't be used. */
  readonly mistake: Text | null;
}

/** Filters find the settings of the rendering that they serve here. */
const settingsOf = new WeakMap<object, ValueSettings>();
/** By which syntax the text of a rendering is read, where it has one. */
const syntaxOf = new WeakMap<object, Syntax>();
const PLAIN: ValueSettings = { timeZone: "UTC", country: "RU", locale: "ru" };
const liquid = makeLiquid();
const cache = new Map<string, Compiled>();

/**
 * Fills in a value's references, in lists and objects too. Missing values are empty. Throws a ConnectorError of class
 * "data" only for a template that is broken or exceeds its limits. A text that is read by a syntax stays well-formed
 * whatever the values are.
 */
export function render(value: Json, data: JsonObject, settings: ValueSettings, syntax: Syntax | null = null): Json {
  if (typeof value === "string") return renderText(value, data, settings, syntax);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => render(item, data, settings));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, render(item, data, settings)]));
}

/** What a value asks of earlier steps, each reference once. A broken template asks for nothing. */
export function references(value: Json): readonly Reference[] {
  if (typeof value === "string") return isPlain(value) ? [] : referencesOf(value);
  if (typeof value !== "object" || value === null) return [];
  const found = new Map<string, Reference>();
  for (const reference of Object.values(value).flatMap((item) => references(item))) {
    found.set(JSON.stringify(reference), reference);
  }
  return [...found.values()];
}

/** Why a value's template can't be used; null when it can. */
export function mistakeIn(value: Json): Text | null {
  if (typeof value === "string") return isPlain(value) ? null : compile(value).mistake;
  if (typeof value !== "object" || value === null) return null;
  for (const item of Object.values(value)) {
    const mistake = mistakeIn(item);
    if (mistake !== null) return mistake;
  }
  return null;
}

const BRACE = '{{ "{" }}';
const RAW_BRACE = "{% raw %}{{% endraw %}";

/** Text that a template shows as it is, wherever it is put together with others. */
export function escapeText(text: string): string {
  return text.replace(/\{(?=[{%]|$)/g, BRACE);
}

/** The reference that yields the value at a path of a step's output: `{{ k7f.client.phones[0].number }}`. */
export function referenceTo(ref: string, path: string | readonly string[]): string {
  const parts = typeof path === "string" ? path.split(".") : path;
  const segments = parts.map((part) => {
    if (/^(?:0|[1-9]\d*)$/.test(part)) return `[${part}]`;
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(part)) return `.${part}`;
    return part.includes('"') ? `['${part.replaceAll("'", "")}']` : `["${part}"]`;
  });
  return `{{ ${ref}${segments.join("")} }}`;
}

function isPlain(text: string): boolean {
  return !text.includes("{{") && !text.includes("{%");
}

function renderText(text: string, data: JsonObject, settings: ValueSettings, syntax: Syntax | null): Json {
  if (isPlain(text)) return text;
  // A brace that a person typed is text, not a value.
  const { templates, lone, mistake } = compile(syntax === null ? text : text.replaceAll(BRACE, RAW_BRACE));
  if (mistake !== null) throw new ConnectorError("data", mistake);
  try {
    // A shallow copy without prototype: `increment` writes into what it is given, and nothing is inherited.
    const scope = Object.assign(Object.create(null), data);
    const context = new Context(scope, liquid.options, { sync: true }, { liquid });
    settingsOf.set(context, settings);
    if (syntax !== null) syntaxOf.set(context, syntax);
    if (lone !== null) {
      const value: unknown = toValueSync(typedValue(lone, context));
      weigh(value);
      return syntax === null || value instanceof Ready ? asJson(value) : writeLone(syntax, asJson(value));
    }
    const pieces = syntax === null ? undefined : collect();
    const whole: unknown = toValueSync(liquid.renderer.renderTemplates([...templates], context, pieces));
    const output = syntax === null || pieces === undefined ? whole : writeAs(syntax, pieces.all);
    if (typeof output !== "string" || output.length > MAX_OUTPUT) throw new RangeError("output limit exceeded");
    return output;
  } catch (error) {
    throw new ConnectorError("data", isLimit(cause(error)) || isLimit(error) ? TOO_MUCH : broken(error), {
      cause: error,
    });
  }
}

/** The output's value before it becomes text: all its filters but the one that writes. */
function* typedValue(output: Output, context: Context): Generator<unknown, unknown, unknown> {
  let value: unknown = yield output.value.initial.evaluate(context, true);
  for (const filter of output.value.filters.slice(0, -1)) value = yield filter.render(value, context);
  return value;
}

function compile(text: string): Compiled {
  const known = cache.get(text);
  if (known !== undefined) {
    cache.delete(text);
    cache.set(text, known);
    return known;
  }
  const compiled = parse(text);
  cache.set(text, compiled);
  const [oldest] = cache.keys();
  if (cache.size > MAX_CACHED && oldest !== undefined) cache.delete(oldest);
  return compiled;
}

function parse(text: string): Compiled {
  try {
    const trimmed = /^\s*\{\{\s*[^"'\s](?:(?!\}\}|\{\{)[\s\S])*\}\}\s*$/.test(text) ? text.trim() : text;
    const templates = liquid.parse(trimmed);
    const [first] = templates;
    const lone = templates.length === 1 && first instanceof Output ? first : null;
    return { templates, lone, references: null, mistake: null };
  } catch (error) {
    return { templates: [], lone: null, references: [], mistake: broken(error) };
  }
}

function referencesOf(text: string): readonly Reference[] {
  const compiled = compile(text);
  compiled.references ??= findReferences(compiled.templates);
  return compiled.references;
}

function findReferences(templates: readonly Template[]): readonly Reference[] {
  return liquid.globalVariableSegmentsSync([...templates]).map(([ref, ...segments]) => {
    const dynamic = segments.findIndex((segment) => typeof segment === "object");
    const path = (dynamic === -1 ? segments : segments.slice(0, dynamic)).map(String);
    return { ref: String(ref), path };
  });
}

function makeLiquid(): Liquid {
  const made = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    parseLimit: MAX_TEMPLATE,
    renderLimit: MAX_MILLISECONDS,
    memoryLimit: WORK_LIMIT,
    templates: {},
    // A Written goes to the collector as it is, and is text to everything else.
    outputEscape(this: unknown, value: unknown) {
      return write.call(this, value) as string;
    },
  });
  for (const tag of Object.keys(made.tags)) if (!TAGS.has(tag)) delete made.tags[tag];
  for (const filter of Object.keys(made.filters)) delete made.filters[filter];
  const filters = makeFilters(
    (context) => settingsOf.get(context) ?? PLAIN,
    (context, syntax) => syntaxOf.get(context) === syntax,
  );
  for (const [name, filter] of filters) made.filters[name] = filter;
  return made;
}

/** Every output passes here on its way into text. */
function write(this: unknown, value: unknown): string | Written {
  const weight = weigh(value);
  const json = asJson(value);
  const text = toText(json);
  const context: unknown = Reflect.get(Object(this), "context");
  const limiter: unknown = Reflect.get(Object(context), "memoryLimit");
  if (isLimiter(limiter)) limiter.use(weight + text.length);
  return syntaxOf.has(Object(context)) ? new Written(json, value instanceof Ready) : text;
}

function isLimiter(value: unknown): value is { use(count: number): void } {
  return typeof value === "object" && value !== null && "use" in value;
}

function cause(error: unknown): unknown {
  return error instanceof Error && "originalError" in error ? error.originalError : error;
}

const TOO_MUCH: Text = {
  ru: "Шаблон поля делает слишком много работы или слишком длинный текст. Упростите его.",
  en: "The template of this field does too much work or makes too long a text. Simplify it.",
};

function broken(error: unknown): Text {
  if (error instanceof RangeError) return TOO_MUCH;
  const own = error instanceof Error ? (error.message.split(/, line:|\n/)[0] ?? "").slice(0, 200) : "";
  return { ru: `Шаблон поля записан с ошибкой: ${own}`, en: `The template of this field has a mistake: ${own}` };
}
