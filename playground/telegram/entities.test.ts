import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../test/support/property.ts";
import { plain, readFormatted } from "./entities.ts";

const html = (text: string) => readFormatted(text, "HTML", undefined);
const markdown = (text: string) => readFormatted(text, "MarkdownV2", undefined);
const brief = ({ text, entities }: ReturnType<typeof html>) => [
  text,
  ...entities.map(({ type, offset, length }) => `${type} ${offset}+${length}`),
];
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message.replace("Bad Request: can't parse entities: ", "");
  }
  return "no refusal";
};

test("HTML: nesting, escapes, links, quotes, code with a language", () => {
  assert.deepEqual(brief(html("<b>a<i>b</i></b> &lt;c&gt; &amp;&quot;&#1103;&unknown;")), [
    'ab <c> &"я&unknown;',
    "bold 0+2",
    "italic 1+1",
  ]);
  assert.deepEqual(html('<a href="https://e.com/?a=1&amp;b=2">x</a>').entities, [
    { type: "text_link", offset: 0, length: 1, url: "https://e.com/?a=1&b=2" },
  ]);
  assert.deepEqual(html('<pre><code class="language-ts">x</code></pre>').entities, [
    { type: "pre", offset: 0, length: 1, language: "ts" },
  ]);
  assert.deepEqual(brief(html("<blockquote expandable>q</blockquote><tg-spoiler>s</tg-spoiler>")), [
    "qs",
    "expandable_blockquote 0+1",
    "spoiler 1+1",
  ]);
});

test("HTML: Telegram's complaints, with byte offsets", () => {
  assert.equal(
    refusal(() => html("я<x>a</x>")),
    'Unsupported start tag "x" at byte offset 2',
  );
  assert.equal(
    refusal(() => html("<b>a")),
    `Can't find end tag corresponding to start tag "b"`,
  );
  assert.equal(
    refusal(() => html("<b>a</i>")),
    'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
  );
  assert.equal(
    refusal(() => html("a</b>")),
    "Unexpected end tag at byte offset 1",
  );
  assert.equal(
    refusal(() => html("a < b")),
    "Unclosed start tag at byte offset 2",
  );
  assert.equal(
    refusal(() => html("<span>a</span>")),
    'Tag "span" must have class "tg-spoiler" at byte offset 0',
  );
});

test("MarkdownV2: marks, links, code, quotes, escapes", () => {
  assert.deepEqual(brief(markdown("*a _b_* __u__ ~s~ ||p||")), [
    "a b u s p",
    "bold 0+3",
    "italic 2+1",
    "underline 4+1",
    "strikethrough 6+1",
    "spoiler 8+1",
  ]);
  assert.deepEqual(brief(markdown("1\\.5 `x.y` [l](https://e\\.com/a\\)b)")), [
    "1.5 x.y l",
    "code 4+3",
    "text_link 8+1",
  ]);
  assert.deepEqual(markdown("```ts\nlet a;\n```").entities, [{ type: "pre", offset: 0, length: 6, language: "ts" }]);
  assert.deepEqual(brief(markdown(">q1\n>q2\nafter")), ["q1\nq2\nafter", "blockquote 0+6"]);
  assert.deepEqual(brief(markdown("**>q1\n>q2||")), ["q1\nq2", "expandable_blockquote 0+5"]);
});

test("MarkdownV2: Telegram's complaints", () => {
  assert.equal(
    refusal(() => markdown("a.b")),
    "Character '.' is reserved and must be escaped with the preceding '\\'",
  );
  assert.equal(
    refusal(() => markdown("я *b")),
    "Can't find end of Bold entity at byte offset 3",
  );
  assert.equal(
    refusal(() => markdown("[a](b")),
    "Can't find end of a URL at byte offset 3",
  );
});

test("given entities must fit the text and its surrogate pairs", () => {
  const given = (text: string, entity: object) => () => readFormatted(text, undefined, [{ type: "bold", ...entity }]);
  assert.match(refusal(given("abc", { offset: 2, length: 2 })), /ends after the end of the text at UTF-16 offset 4/);
  assert.match(refusal(given("😀a", { offset: 1, length: 1 })), /begins in a middle of a UTF-16 symbol/);
  assert.equal(refusal(given("abc", { type: "big", offset: 0, length: 1 })), "Unsupported type specified");
  assert.deepEqual(given("abc", { offset: 0, length: 0 })().entities, []);
});

test("found by itself: commands, links, mentions, addresses; ends are trimmed with the entities", () => {
  assert.deepEqual(brief(plain("  /start@some_bot x@y.ru #тег @anna1 https://e.com/a. ")), [
    "/start@some_bot x@y.ru #тег @anna1 https://e.com/a.",
    "bot_command 0+15",
    "email 16+6",
    "hashtag 23+4",
    "mention 28+6",
    "url 35+15",
  ]);
  assert.deepEqual(brief(plain("half 1/2 and http")), ["half 1/2 and http"]);
});

test("escaped text of any kind survives HTML as it was", () => {
  const escaped = (text: string) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? c);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
      assert.equal(html(escaped(text)).text, readFormatted(text, undefined, undefined).text);
    }),
  );
});

test("no text makes the parsers fail otherwise than with a refusal", () => {
  const unit = fc.constantFrom(...("<>/b i&;*_~|`[]()!>\n\\aя😀".match(/./gsu) ?? []));
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      for (const parse of [html, markdown]) {
        try {
          for (const { offset, length } of parse(text).entities) assert.ok(offset >= 0 && length > 0);
        } catch (error) {
          assert.match((error as Error).message, /^Bad Request: /);
        }
      }
    }),
  );
});
