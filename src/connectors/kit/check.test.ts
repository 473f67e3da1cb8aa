import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectors } from "../index.ts";
import { type Action, type Connector, defineConnector } from "./define.ts";

const text = (name: string) => ({ ru: name, en: name });
const action: Action = {
  key: "make",
  name: text("Make"),
  kind: "create",
  safe: false,
  fields: [{ key: "a", label: text("A"), kind: "text" }],
  output: [{ key: "b.0.c", label: text("B"), kind: "text" }],
  sample: { b: [{ c: "1" }] },
  run: async () => ({}),
};
const good: Connector = {
  key: "good",
  name: text("Good"),
  about: text("good"),
  auth: { kind: "none" },
  triggers: [],
  actions: [action],
};

const mode = { key: "mode", label: text("M"), kind: "choice", choices: [{ value: "one", label: text("1") }] } as const;
const asked = (key: string, field: string, is: string) =>
  ({ key, label: text(key), kind: "text", when: { field, is: [is] } }) as const;

describe("declarations of connectors", () => {
  it("pass where they are right", () => {
    defineConnector(good);
    assert.equal(new Set(connectors.map(({ key }) => key)).size, connectors.length);
  });

  it("are refused with the place of every mistake", () => {
    const wrong: [Partial<Connector>, RegExp][] = [
      [{ key: "Not Good" }, /key:/],
      [{ about: { ru: "", en: "x" } }, /about: has no ru text/],
      [{ actions: [action, action] }, /“make” stands twice/],
      [{ actions: [{ ...action, sample: {} }] }, /lacks “b.0.c”/],
      [
        { actions: [{ ...action, fields: [{ key: "s", label: text("S"), kind: "reference", list: { name: "no" } }] }] },
        /no list “no”/,
      ],
      [{ actions: [{ ...action, fields: [{ key: "s", label: text("S"), kind: "choice" }] }] }, /has no choices/],
      [
        { actions: [{ ...action, output: [{ key: "b", label: text("B"), kind: "object", secret: true }] }] },
        /is secret/,
      ],
      [
        {
          actions: [
            {
              ...action,
              fields: [{ key: "s", label: text("S"), kind: "text", pattern: { source: "(", sentence: text("No") } }],
            },
          ],
        },
        /its pattern is no regular expression/,
      ],
      [{ actions: [{ ...action, fields: [asked("b", "a", "1")] }] }, /asked by “a”, which isn't there/],
      [{ actions: [{ ...action, fields: [mode, asked("b", "mode", "zzz")] }] }, /none of the choices of “mode”/],
      [{ actions: [{ ...action, fields: [asked("b", "c", "1"), asked("c", "b", "1")] }] }, /depends on itself/],
      [{ actions: [{ ...action, duplicates: { keys: ["z"], find: async () => [] } }] }, /by “z”/],
      [
        {
          triggers: [
            {
              key: "t",
              name: text("T"),
              options: [],
              output: [],
              sample: { id: "1" },
              record: () => "1",
              change: () => "1",
              at: () => null,
            },
          ],
        },
        /neither poll nor hook nor clock/,
      ],
    ];
    for (const [change, mistake] of wrong) assert.throws(() => defineConnector({ ...good, ...change }), mistake);
  });
});
