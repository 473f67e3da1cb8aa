/** Templates, conditions and bundles' files as an ill-meaning person would write them. */
import { connectors } from "../../src/connectors/index.ts";
import type { Json, JsonObject } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { stringifyJson } from "../../src/connectors/kit/json.ts";
import { applyEdit } from "../../src/engine/bundle/edits.ts";
import { Bundle, type Condition, Conditions, OPERATORS } from "../../src/engine/bundle/model.ts";
import { toShared } from "../../src/engine/bundle/share.ts";
import { fromFile, slotsOf, toFile } from "../../src/engine/bundle/transfer.ts";
import { validate } from "../../src/engine/bundle/validate.ts";
import { UserError } from "../../src/engine/errors.ts";
import { after, firstPosition, workAt } from "../../src/engine/run/machine.ts";
import { evaluate, mistakeInPattern } from "../../src/engine/values/conditions.ts";
import { convertInput } from "../../src/engine/values/convert.ts";
import { mistakeIn, references, render } from "../../src/engine/values/template.ts";
import { TEMPLATES } from "../../src/templates/index.ts";
import { fileOf } from "../../src/templates/template.ts";
import type { Chance } from "./chance.ts";

const SETTINGS = {
  timeZone: "Europe/Moscow",
  country: "RU",
  locale: "ru",
  now: new Date("2026-06-01T12:00:00Z"),
} as const;
const find = (key: string) => connectors.find((one) => one.key === key);

const FILTERS =
  "parse_json number digits trim_all strip_html as_is default join first last size slice split upcase downcase capitalize strip replace plus minus times divided_by round date date_plus phone json map where sort uniq concat truncate url_encode base64_encode md5 sha256 hmac compact reverse sum abs floor ceil append prepend nosuch";
const FILTER_NAMES = FILTERS.split(" ");
/** Would run for minutes or fill the memory if nothing cut them off. */
const HEAVY = [
  "{% for a in (1..99999999) %}{{ a }}{% endfor %}",
  "{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}x{% endfor %}{% endfor %}{% endfor %}",
  '{% assign a = "xxxxxxxxxxxxxxxx" %}{% for i in (1..64) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
  '{{ trigger.long | split: "" | join: "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" | split: "y" | join: trigger.long }}',
  '{% assign a = "x" %}{% for i in (1..64) %}{% capture a %}{{ a }}{{ a }}{{ a }}{% endcapture %}{% endfor %}',
  '{{ trigger.long | replace: "a", trigger.long | replace: "a", trigger.long }}',
] as const;
const PATTERNS = [
  "(a+)+$",
  "(a|aa)+$",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "(.*)*x",
  "a{1000}{1000}",
  "((a{100}){100}){100}",
  "(?=a)",
  "\\1",
  "[",
  "(?:".repeat(500),
  "\\p{L}+\\p{Lu}",
  "(x+x+)+y",
] as const;

function template(chance: Chance): string {
  if (chance.once(1_500)) return chance.pick(HEAVY);
  const place = () =>
    chance.pick([
      "trigger",
      "trigger.name",
      "trigger.list[0].a",
      'trigger["a.b"]',
      "aaa.id",
      "nobody.x",
      "forloop",
      "__proto__.x",
      "trigger.constructor",
      "now",
    ]);
  const filter = () =>
    ` | ${chance.pick(FILTER_NAMES)}${chance.once(2) ? `: ${chance.once(2) ? JSON.stringify(chance.text().slice(0, 30)) : place()}` : ""}`;
  const piece = (): string => {
    const kind = chance.upTo(9);
    if (kind < 3) return `{{ ${place()}${Array.from({ length: chance.upTo(4) }, filter).join("")} }}`;
    if (kind === 3)
      return `{% if ${place()} ${chance.pick(["==", "contains", ">", "and"])} ${place()} %}${chance.text().slice(0, 20)}{% endif %}`;
    if (kind === 4) return `{% for x in ${chance.once(2) ? place() : `(1..${chance.upTo(60)})`} %}{{ x }}{% endfor %}`;
    if (kind === 5) return `{% assign v = ${place()}${filter()} %}{{ v }}`;
    if (kind === 6)
      return `{% ${chance.pick(["include", "render", "layout", "tablerow", "raw", "case", "liquid", "#"])} ${chance.text().slice(0, 20)} %}`;
    return chance.text().slice(0, 200);
  };
  const whole = Array.from({ length: 1 + chance.upTo(4) }, piece).join("");
  return chance.once(5) ? chance.spoiled(whole) : whole;
}

function data(chance: Chance): JsonObject {
  return {
    trigger: {
      ...(chance.json(3) as object),
      name: chance.text(),
      list: chance.json(2),
      long: chance.once(50) ? "a".repeat(50_000) : "a",
    } as JsonObject,
    aaa: { id: chance.json(1) },
  };
}

/** Text or a refusal, in time; and no way to what isn't the data's own. */
export function templates(chance: Chance): void {
  const text = template(chance);
  const syntax = chance.pick([null, null, "json", "url", "lines", "xml"] as const);
  void [mistakeIn(text), references(text)];
  try {
    const made = render(text, data(chance), SETTINGS, syntax);
    stringifyJson(made);
    if (/\[native code\]|function \w+\(/.test(String(made))) throw new Error("a template reached code");
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.errorClass !== "data") throw error;
  }
}

/** A verdict or a refusal, whatever stands on either side. */
export function conditions(chance: Chance): void {
  const side = (): Json => (chance.once(3) ? template(chance) : chance.once(2) ? chance.text() : chance.json(1));
  const one = (): Condition => {
    const operator = chance.pick(OPERATORS);
    const right = operator === "matches" && chance.once(2) ? chance.pick(PATTERNS) : side();
    const left = operator === "matches" && chance.once(2) ? `${"a".repeat(chance.upTo(60_000))}!` : side();
    return {
      left,
      operator,
      right,
      ...(chance.once(3) ? { exact: true } : {}),
      ...(chance.once(3) ? { unit: "hours" } : {}),
    };
  };
  const parsed = Conditions.safeParse([[one(), ...(chance.once(2) ? [one()] : [])]]);
  if (!parsed.success) return;
  for (const group of parsed.data) for (const condition of group) mistakeInPattern(condition);
  try {
    evaluate(parsed.data, data(chance), SETTINGS);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.errorClass !== "data") throw error;
  }
}

const FILES: readonly Json[] = TEMPLATES.flatMap(({ bundles }) =>
  bundles.map((ready) => JSON.parse(JSON.stringify(fileOf(ready, "ru"))) as Json),
);
const ACTIONS = connectors.flatMap(({ actions }) => actions);

/** Taken whole and sound, or refused with a sentence; what was taken can be edited, checked, begun and given out again. */
export function files(chance: Chance): void {
  let file = chance.once(10) ? chance.json(4) : chance.pick(FILES);
  for (let times = chance.upTo(5); times > 0; times--) file = chance.mutated(file);
  let taken: ReturnType<typeof fromFile>;
  try {
    taken = fromFile(file, find);
  } catch (error) {
    if (error instanceof UserError) return;
    throw error;
  }
  void slotsOf(taken);
  const { bundle } = taken;
  validate({
    bundle: "b",
    body: bundle,
    find,
    isReachable: true,
    connections: [],
    fields: new Map(),
    gives: new Map(),
  });
  const again = toFile(taken.name, bundle, find);
  fromFile(JSON.parse(JSON.stringify(again)), find);
  toShared({ name: taken.name, body: bundle, locale: "ru" }, find);
  const step = bundle.steps[chance.upTo(Math.max(1, bundle.steps.length))];
  if (step) {
    const edited = applyEdit(
      bundle,
      chance.once(2) ? { do: "removeStep", step: step.id } : { do: "moveStep", step: step.id, to: chance.upTo(9) - 2 },
    );
    Bundle.parse(JSON.parse(JSON.stringify(edited)));
  }
  walk(bundle, chance);
}

/** A run through it comes to an end of some kind, whatever its steps bring. */
function walk(bundle: Bundle, chance: Chance): void {
  const failure = { class: "temporary", sentence: { ru: "нет", en: "no" } } as const;
  let at = firstPosition(bundle);
  for (let moves = 0; moves < 60; moves++) {
    const work = workAt(bundle, at, []);
    const next =
      work.do === "move"
        ? work.next
        : after(bundle, at, [], chance.once(6) ? { kind: "failed", failure } : { kind: "done", output: {} });
    if (next.go !== "on") return;
    at = next.at;
  }
}

/** What a step's fields were filled with becomes what the service takes, or a sentence at the field. */
export function conversions(chance: Chance): void {
  const { fields } = chance.pick(ACTIONS);
  const input = Object.fromEntries(fields.map((field): [string, Json] => [field.key, chance.json(2)]));
  try {
    stringifyJson(convertInput(fields, input, SETTINGS));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
  }
}
