import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Json, JsonObject } from "../../connectors/kit/fields.ts";
import type { ValueSettings } from "./settings.ts";
import { escapeText, mistakeIn, references, referenceTo, render } from "./template.ts";

const moscow: ValueSettings = {
  timeZone: "Europe/Moscow",
  country: "RU",
  locale: "ru",
  now: new Date("2026-01-10T09:00:00Z"),
};
const data: JsonObject = {
  trigger: {
    callerNumber: "8 (999) 000-00-01",
    id: "1234567890123456789",
    tags: ["a", "b", null],
    client: { phones: [{ number: "79990000001" }] },
    date: "10/01/2026 12:00:00",
    sum: "1 234,50",
    flag: false,
  },
};
const give = (template: Json): Json => render(template, data, moscow);

test("a field that is nothing but one reference keeps its type", () => {
  assert.deepEqual(give("{{ trigger.tags }}"), ["a", "b", null]);
  assert.deepEqual(give(" {{ trigger.client }} "), { phones: [{ number: "79990000001" }] });
  assert.equal(give("{{ trigger.flag }}"), false);
  assert.equal(give("{{ trigger.sum | number }}"), 1234.5);
  assert.equal(give("{{ trigger.tags }}!"), "a, b!");
  assert.equal(give("{{ trigger.client }}!"), '{"phones":[{"number":"79990000001"}]}!');
});

test("a missing value is empty, never an exception", () => {
  assert.equal(give("{{ nothing.at.all }}"), null);
  assert.equal(give("x{{ trigger.callerNumber.deep.er }}y"), "xy");
  assert.equal(
    give("{{ trigger.missing | phone }}{{ trigger.missing | date: '%Y' }}{{ trigger.missing | upcase }}"),
    "",
  );
});

test("lists and objects are rendered inside", () => {
  assert.deepEqual(give({ a: ["{{ trigger.flag }}", 1, null], b: "№ {{ trigger.id }}" }), {
    a: [false, 1, null],
    b: "№ 1234567890123456789",
  });
});

test("our filters: phone, digits, number, trim_all, json, date in the zone", () => {
  assert.equal(give("{{ trigger.callerNumber | phone }}"), "+79990000001");
  assert.equal(give("{{ trigger.callerNumber | digits }}"), "89990000001");
  assert.equal(give("{{ '  a   b ' | trim_all }}"), "a b");
  assert.equal(give("{{ trigger.tags | json }}"), '["a","b",null]');
  assert.equal(give("{{ trigger.date | date: '%Y-%m-%d %H:%M' }}"), "2026-01-10 12:00");
  assert.equal(give("{{ 'now' | date: '%H:%M %z' }}"), "12:00 +0300");
  assert.equal(give("{{ 1768035600 | date: '%s' }}"), "1768035600");
});

test("19-digit integers are exact in arithmetic", () => {
  assert.equal(give("{{ trigger.id | plus: 1 }}"), "1234567890123456790");
  assert.equal(give("{{ trigger.id | times: 2 }}"), "2469135780246913578");
  assert.equal(give("{{ trigger.id | modulo: 10 }}"), 9);
  assert.equal(give("{{ 10 | divided_by: 4 }}"), 2.5);
  assert.equal(give("{{ 1 | divided_by: 3 | round: 2 }}"), 0.33);
  assert.equal(give("{{ 1 | divided_by: 0 }}"), null);
  assert.equal(give("{{ 0.1 | plus: 0.2 }}"), 0.3);
  assert.equal(give("{{ -2.5 | round }}{{ 2.5 | round }}{{ 1.2 | ceil }}{{ -1.2 | floor }}"), "-332-2");
});

test("few tags, and none that reads files", () => {
  assert.equal(give("{% if trigger.flag %}yes{% else %}no{% endif %}"), "no");
  assert.equal(give("{% for t in trigger.tags %}{{ t }};{% endfor %}"), "a;b;;");
  assert.equal(give("{% assign x = 'q' %}{% capture y %}{{ x }}{{ x }}{% endcapture %}{{ y }}"), "qq");
  assert.equal(give("{% raw %}{{ x }}{% endraw %}{% comment %}c{% endcomment %}"), "{{ x }}");
  assert.equal(
    give("{% case trigger.flag %}{% when false %}f{% endcase %}{% cycle 'a','b' %}{% increment n %}"),
    "fa0",
  );
  for (const tag of ["include 'x'", "render 'x'", "layout 'x'", "block b", "tablerow x in y", "liquid echo 1"]) {
    assert.throws(() => give(`{% ${tag} %}`), ConnectorError);
    assert.notEqual(mistakeIn(`{% ${tag} %}`), null);
  }
});

test("increment doesn't write into the data", () => {
  const before = structuredClone(data);
  give("{% increment trigger %}{% assign trigger = 1 %}{{ trigger }}");
  assert.deepEqual(data, before);
});

test("own properties only, no way to code", () => {
  for (const path of [
    "constructor",
    "__proto__",
    "constructor.constructor",
    "toString",
    "tags.constructor",
    "tags.map",
  ]) {
    assert.equal(give(`{{ trigger.${path} }}`), null);
  }
  assert.equal(give("{{ trigger['__proto__'] }}{{ trigger.tags | map: 'constructor' | join }}"), "  ");
  assert.equal(give("{{ trigger.tags | sum: 'constructor' }}"), 0);
});

test("broken templates are data errors with a sentence in both languages", () => {
  for (const template of ["{{ x", "{% if %}", "{{ x | nosuch }}", "{% endfor %}", "{{ 'a }}"]) {
    assert.throws(
      () => give(template),
      (error) => error instanceof ConnectorError && error.errorClass === "data" && /ошибк/.test(error.sentence.ru),
    );
  }
});

test("hostile templates end quickly and stay small", () => {
  const hostile = [
    "{% for i in (1..100000000) %}x{% endfor %}",
    `${"{% for i in (1..2000) %}".repeat(3)}x${"{% endfor %}".repeat(3)}`,
    `{% assign a = 'aaaaaaaaaa' %}${"{% assign a = a | append: a %}".repeat(40)}{{ a }}`,
    `{% capture a %}aaaaaaaa{% endcapture %}${"{% capture a %}{{ a }}{{ a }}{% endcapture %}".repeat(40)}{{ a }}`,
    `{% assign a = big %}${"{% assign a = a | concat: a %}".repeat(40)}{{ a }}`,
    `{% assign a = big %}${"{% assign a = a | concat: a %}".repeat(40)}{{ a | join }}`,
    "{{ long | replace: 'a', long }}",
    `{% for i in (1..100000) %}${"y".repeat(10_000)}{% endfor %}`,
    `${"{% if true %}".repeat(5_000)}x${"{% endif %}".repeat(5_000)}`,
    "{{ x ".repeat(10_000),
    `${"{".repeat(60_000)}`,
    "{{".repeat(30_000),
    `${"a".repeat(70_000)}{{ x }}`,
  ];
  const wide: JsonObject = { long: "a".repeat(60_000), big: [{ text: "b".repeat(60_000) }] };
  for (const template of hostile) {
    try {
      const value = render(template, wide, moscow);
      assert.ok(typeof value === "string" && value.length <= 1_048_576);
    } catch (error) {
      assert.ok(error instanceof ConnectorError, template.slice(0, 60));
    }
  }
});

test("references: those to earlier steps, with paths, not those to a template's own names", () => {
  assert.deepEqual(references("{{ a.b[0].c }} {% for x in k7f.list %}{{ x.y }}{{ a['two words'] }}{% endfor %}"), [
    { ref: "a", path: ["b", "0", "c"] },
    { ref: "a", path: ["two words"] },
    { ref: "k7f", path: ["list"] },
  ]);
  assert.deepEqual(references({ q: ["{{ s1.a }}", "{{ s1.a }}", "plain", 5] }), [{ ref: "s1", path: ["a"] }]);
  assert.deepEqual(references("{{ broken"), []);
});

test("a reference made for a path finds that path's value", () => {
  const key = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom("size", "first", "last", "empty", "nil", "a-b", "Имя"),
  );
  fc.assert(
    fc.property(
      fc.array(
        key.filter((part) => !/["\\\n]|__proto__/.test(part)),
        { minLength: 1, maxLength: 4 },
      ),
      (path) => {
        const value = path.reduceRight<Json>((inner, part) => ({ [part]: inner }), "found");
        assert.equal(render(referenceTo("s1", path), { s1: value }, moscow), "found");
      },
    ),
  );
});

test("escaped text is shown as it is, alone and between references", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(" ", "{", "}", "%", "{{", "}}", "{%", "%}", "raw", '"', " ", "x")),
      (pieces) => {
        const text = pieces.join("");
        assert.equal(render(escapeText(text), {}, moscow), text);
        assert.equal(
          render(`<${escapeText(text)}{{ v }}${escapeText(text)}>`, { v: "|" }, moscow),
          `<${text}|${text}>`,
        );
      },
    ),
  );
});

test("rendering a sound template never throws, whatever the data", () => {
  const filters = [
    "",
    ..."phone digits number trim_all json date upcase first last size join sort uniq sum abs plus:1 divided_by:0 split:',' where:'a' map:'a' replace:'a','b' truncate:3 slice:1,2 default:'d' url_decode strip_html round concat:s1.b parse_json base64_decode has:'a' find:'a'"
      .split(" ")
      .map((name) => ` | ${name}`),
  ];
  const templates = filters.flatMap((filter) => [
    `{{ s1${filter} }}`,
    `a{{ s1.a${filter} }}b`,
    `{% for x in s1 %}{{ x${filter} }}{% endfor %}{% if s1.a > s1.b %}{{ s1.size }}{% endif %}`,
  ]);
  fc.assert(
    fc.property(fc.constantFrom(...templates), fc.jsonValue(), (template, value) => {
      render(template, { s1: JSON.parse(JSON.stringify(value)) }, moscow);
    }),
    { numRuns: 2_000 },
  );
});
