import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Json, Syntax } from "../../connectors/kit/fields.ts";
import { parseJson } from "../../connectors/kit/json.ts";
import type { ValueSettings } from "./settings.ts";
import { toText } from "./settings.ts";
import { hear, nameSources } from "./speak.ts";
import { escapeText, render } from "./template.ts";

const settings: ValueSettings = { timeZone: "UTC", country: "RU", locale: "ru" };
const LONG = "4611686018427387905";
const fill = (syntax: Syntax, template: string, value: Json, other: Json = null): string =>
  toText(render(template, { t: { v: value, o: other } }, settings, syntax));
const NASTY = 'О"б\\рат\n\r\t\u2028 \u0000 {{ t.o }} {% if %} \ud83d\ude00 </script>';

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "\n", "\r", "{", "}", "&", "=", ":", "%", "?", "#", "/", " ", "я", "u", "7"),
  }),
  fc.constantFrom(LONG, "-9007199254740993", "0.12345678901234567890", "79990000001", "007", "1e5", "null", NASTY),
);
const anyJson: fc.Arbitrary<Json> = fc.oneof(anyText, fc.jsonValue()).map((value) => parseJson(JSON.stringify(value)));
/** What a person writes around a value, in JSON without references. */
const around = fc.jsonValue().map((value) => escapeText(JSON.stringify(value)));

test("JSON: between quotes any value is text of the string, and nothing but that", () => {
  fc.assert(
    fc.property(anyJson, anyJson, anyText, around, (value, other, words, literal) => {
      const plain = escapeText(JSON.stringify(words).slice(1, -1));
      const template = `{"a": ["${plain}{{ t.v }}${plain}", ${literal}, {"b": "{{ t.o }}{{ t.v }}"}], "{{ t.v }}": 1}`;
      const read = JSON.parse(fill("json", template, value, other));
      const [v, o] = [toText(value), toText(other)];
      assert.deepEqual(read, {
        a: [
          words + v + words,
          JSON.parse(JSON.stringify(JSON.parse(render(literal, {}, settings) as string))),
          { b: o + v },
        ],
        [v]: 1,
      });
    }),
  );
});

test("JSON: outside quotes a value is itself, whatever it is", () => {
  fc.assert(
    fc.property(anyJson, anyJson, (value, other) => {
      const text = fill("json", '{"a": {{ t.v }}, "b": [{{ t.o }}, "{{ t.v }}"], "c": {"d": {{ t.v }}}}', value, other);
      assert.deepEqual(parseJson(text), { a: value, b: [other, toText(value)], c: { d: value } });
    }),
  );
});

test("JSON: one reference and nothing else is the value; JSON that came as text goes through", () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const rendered = render("{{ t.v }}", { t: { v: value } }, settings, "json");
      if (value === null || (typeof value === "string" && value.trim() === "")) assert.equal(rendered, value);
      else if (typeof value === "string" && /^\s*[[{]/.test(value)) JSON.parse(String(rendered));
      else assert.deepEqual(parseJson(String(rendered)), value);
    }),
  );
  assert.equal(fill("json", "{{ t.v }}", ` {"id": ${LONG}}`), ` {"id": ${LONG}}`);
  assert.equal(fill("json", "{{ t.v }}", "{not JSON"), '"{not JSON"');
});

test("JSON: long numbers stay numbers where they stand alone; numbers in quotes at the source stay text", () => {
  assert.equal(fill("json", '{"id": {{ t.v }}, "text": "{{ t.v }}"}', LONG), `{"id": ${LONG}, "text": "${LONG}"}`);
  assert.equal(fill("json", '{"a": {{ t.v }}}', "79990000001"), '{"a": "79990000001"}');
  assert.equal(fill("json", '{"a": {{ t.v }}}', "1990.50"), '{"a": "1990.50"}');
  assert.equal(fill("json", '{"a": {{ t.v }}}', 1990.5), '{"a": 1990.5}');
  assert.equal(fill("json", '{"a": {{ t.none }}, "b": "{{ t.none }}"}', 1), '{"a": null, "b": ""}');
});

test("JSON: what the json filter wrote isn't written twice; conditions, loops and captured text work as ever", () => {
  const of = (template: string, value: Json) => JSON.parse(fill("json", template, value));
  assert.deepEqual(of('{"a": {{ t.v | json }}}', NASTY), { a: NASTY });
  assert.deepEqual(of('{"a": "{{ t.v | json }}"}', NASTY), { a: JSON.stringify(NASTY) });
  assert.deepEqual(
    of('[{% for x in t.v %}{"n": "{{ x }}"}{% unless forloop.last %},{% endunless %}{% endfor %}]', ['"', "\n"]),
    [{ n: '"' }, { n: "\n" }],
  );
  assert.deepEqual(of('{% capture c %}«{{ t.v }}»{% endcapture %}{"a": "{{ c }}", "b": {{ c }}}', '"'), {
    a: '«"»',
    b: '«"»',
  });
  assert.deepEqual(of('{% if t.v == "x" %}{"a": "{{ t.v | upcase }}"}{% endif %}', "x"), { a: "X" });
});

test("JSON: braces that a person types before a reference are braces", () => {
  const field = {
    field: { key: "v", label: { ru: "Имя", en: "Name" }, kind: "text" as const },
    template: "{{ t.v }}",
    value: null,
    shown: null,
  };
  const named = nameSources([{ ref: "t", number: 1, title: { ru: "", en: "" }, fields: [field] }], "ru");
  const { template } = hear('{{Имя}: {"n": "{Имя}", "braces": "{% {{ } {"}, "x": {"y": {Имя}}}', named);
  assert.deepEqual(JSON.parse(fill("json", template, '"')), {
    '"': { n: '"', braces: "{% {{ } {" },
    x: { y: '"' },
  });
});

test("address: a value in the path or the query is one value there", () => {
  fc.assert(
    fc.property(anyText, anyText, (value, other) => {
      const text = fill(
        "url",
        "https://api.example.test/{{ t.v }}x/?q={{ t.v }}&p=1&{{ t.o }}=2#{{ t.v }}",
        value,
        other,
      );
      const url = new URL(text);
      assert.equal(url.host, "api.example.test");
      assert.deepEqual(
        [...url.searchParams],
        [
          ["q", value.toWellFormed()],
          ["p", "1"],
          [other.toWellFormed(), "2"],
        ],
      );
      assert.equal(decodeURIComponent(url.pathname), `/${value.toWellFormed()}x/`);
    }),
  );
});

test("address: its beginning may be a value, an encoded value isn't encoded again", () => {
  assert.equal(fill("url", "{{ t.v }}&b={{ t.o }}", "https://a.test/x?a=1", "b c"), "https://a.test/x?a=1&b=b%20c");
  assert.equal(fill("url", "{{ t.v }}", "https://a.test/x?a=1 2"), "https://a.test/x?a=1 2");
  assert.equal(fill("url", "https://{{ t.v }}/x", "a.test"), "https://a.test/x");
  assert.equal(fill("url", "https://a.test/?q={{ t.v | url_encode }}", "б &"), "https://a.test/?q=%D0%B1+%26");
  assert.equal(render("{{ t.v | url_encode }}", { t: { v: "б &" } }, settings), "%D0%B1+%26");
});

test("lines: a value adds no line and ends no name", () => {
  fc.assert(
    fc.property(anyText, anyText, (value, other) => {
      const read = JSON.parse(
        fill("lines", "name = {{ t.v }}\r\nnote: до {{ t.o }} = {{ t.v }}\n\nlast=1 ", value, other),
      );
      assert.deepEqual(read, { name: value, note: `до ${other} = ${value}`, last: "1" });
    }),
  );
  assert.deepEqual(JSON.parse(fill("lines", '{"a": "{{ t.v }}", "b": {{ t.v }}}', NASTY)), { a: NASTY, b: NASTY });
  assert.equal(fill("lines", "{{ t.v }}\n{{ t.o }}", "a=1", "b=2"), "a=1\nb=2");
});

test("JSON: a document that came as text goes into another one to its last sign, anything else as a value", () => {
  const raw = `{ "b":${LONG}, "a":1.10 }`;
  assert.equal(fill("json", '{"payload": {{ t.v | as_is }}}', raw), `{"payload": ${raw}}`);
  assert.equal(fill("json", "{{ t.v | as_is }}", raw), raw);
  fc.assert(
    fc.property(anyJson, (value) => {
      const isText = typeof value === "string" && /^\s*[[{]/.test(value);
      if (isText) return;
      const plain = '{"payload": {{ t.v }}}';
      assert.equal(fill("json", plain.replace("t.v", "t.v | as_is"), value), fill("json", plain, value));
    }),
  );
});

test("XML: a value is text of its element or attribute, and nothing but that", () => {
  fc.assert(
    fc.property(anyText, anyText, (value, other) => {
      const text = fill("xml", '<a b="{{ t.o }}">{{ t.v }}</a>', value, other);
      const read = (part: string | undefined) =>
        (part ?? "").replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
      const [, b, v] = /^<a b="([^"<>]*)">([^<>]*)<\/a>$/.exec(text) ?? assert.fail(text);
      const allowed = (whole: string) =>
        // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them
        whole.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
      assert.equal(read(b), allowed(other));
      assert.equal(read(v), allowed(value));
    }),
  );
});
