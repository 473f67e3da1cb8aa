/** Every template against the real catalogue: what it names exists, and nothing of anybody's is in it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectors } from "../connectors/index.ts";
import type { Field, Json, JsonObject } from "../connectors/kit/fields.ts";
import { mappingLines } from "../engine/bundle/lines.ts";
import type { ActionStep, Bundle } from "../engine/bundle/model.ts";
import { stepTitle, triggerTitle } from "../engine/bundle/naming.ts";
import { type ProposalSource, propose } from "../engine/bundle/propose.ts";
import { sourceOf } from "../engine/bundle/sources.ts";
import { emptied } from "../engine/bundle/template.ts";
import { fromFile, slotsOf } from "../engine/bundle/transfer.ts";
import { validate } from "../engine/bundle/validate.ts";
import type { MappingLine } from "../engine/engine.ts";
import { evaluate } from "../engine/values/conditions.ts";
import { render } from "../engine/values/template.ts";
import { fileOf, type ReadyBundle, TEMPLATES, type TemplateSet } from "./index.ts";

/** What a site's form brings is known when the first one has come; nobody has a patronymic in every sample. */
const MAY_LACK = /trigger\.(?:body\.|SECOND_NAME)/;
const find = (key: string) => connectors.find((one) => one.key === key);
const triggerOf = ({ trigger }: Bundle) =>
  find(trigger?.connector ?? "")?.triggers.find((one) => one.key === trigger?.trigger);
const actionOf = (step: ActionStep) => find(step.connector)?.actions.find(({ key }) => key === step.action);
const actions = (body: Bundle) => body.steps.filter((step) => step.kind === "action");
/** Left to the person: no account and no article knows it. */
const ASKED = new Set(["mertago.companyId", "telegram.chat"]);

function problemsOf(body: Bundle) {
  const fields = new Map<string, readonly Field[]>(
    actions(body).map((step) => [step.id, actionOf(step)?.fields ?? []]),
  );
  const given = actions(body).map((step, at) => ({
    ref: step.id,
    number: at + 2,
    title: stepTitle(step, find),
    declared: actionOf(step)?.output ?? [],
    sample: actionOf(step)?.sample ?? {},
  }));
  const { trigger } = body;
  assert.ok(trigger);
  const first = {
    ref: "trigger",
    number: 1,
    title: triggerTitle(trigger, find),
    declared: triggerOf(body)?.output ?? [],
    sample: triggerOf(body)?.sample ?? {},
  };
  const connections = [...new Set([trigger, ...actions(body)].map(({ connector }) => connector))].map((connector) => ({
    id: connector,
    connector,
    name: connector,
    state: "alive" as const,
  }));
  const gives = new Map([first, ...given].map((one) => [one.ref, sourceOf(one)]));
  return validate({ bundle: "x", body, find, isReachable: true, connections, fields, gives });
}

const SETTINGS = { timeZone: "Europe/Moscow", country: "RU", locale: "ru" } as const;
/** What a dry run would do on the samples, without the services: every value rendered and converted, every condition asked. */
function playDry(body: Bundle) {
  const { trigger } = body;
  assert.ok(trigger);
  const declared = triggerOf(body);
  const title = triggerTitle(trigger, find);
  const first = { ref: "trigger", number: 1, title, declared: declared?.output ?? [], sample: declared?.sample ?? {} };
  const sources: ProposalSource[] = [{ connector: trigger.connector, ...sourceOf(first) }];
  const data: JsonObject = { trigger: first.sample };
  const lines = new Map<string, readonly MappingLine[]>();
  evaluate(trigger.filter ?? [], data, SETTINGS);
  for (const [at, step] of body.steps.entries()) {
    if (step.kind === "router" || step.kind === "stopIf") evaluate(step.when, data, SETTINGS);
    if (step.kind === "approval") assert.match(String(render(step.question, data, SETTINGS)), /\S/);
    const action = step.kind === "action" ? actionOf(step) : undefined;
    if (step.kind !== "action" || action === undefined) continue;
    const { fields, output, sample, kind } = action;
    const proposed = propose({ connector: step.connector, fields, sources, lists: {}, action });
    const named = Object.entries(step.input).filter(([, value]) => value !== null);
    const open = Object.entries(proposed.values).filter(([key]) => !Object.hasOwn(step.input, key));
    const values = Object.fromEntries([...named, ...open]);
    const about = { fields, values, unsure: [], data, named: [], settings: SETTINGS, labels: {} };
    lines.set(step.id, mappingLines(about));
    const giver = { ref: step.id, number: at + 2, title: stepTitle(step, find), declared: output, sample };
    sources.push({ connector: step.connector, idsOnly: kind !== "find", ...sourceOf(giver) });
    data[step.id] = sample;
  }
  return lines;
}

const texts = (set: TemplateSet, one: ReadyBundle) => [set.name, set.about, one.name, one.about, ...(one.look ?? [])];

describe("templates", () => {
  it("have keys of their own", () => {
    const keys = TEMPLATES.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.match(key, /^[a-z][a-z0-9-]*$/);
  });

  for (const set of TEMPLATES)
    for (const [index, one] of set.bundles.entries())
      describe(`${set.key} ${index + 1}: ${one.name.ru}`, () => {
        for (const locale of ["ru", "en"] as const)
          it(`is a bundle's file (${locale}) with the accounts that it says it needs`, () => {
            const file = fromFile(JSON.parse(JSON.stringify(fileOf(one, locale))), find);
            for (const { key, connector } of slotsOf(file)) {
              assert.equal(key, connector);
              assert.ok(set.needs.includes(connector), `${connector} is needed`);
            }
            for (const part of [file.bundle.trigger, ...actions(file.bundle)])
              assert.equal(part?.connection === null, find(part?.connector ?? "")?.auth.kind === "none");
            assert.doesNotMatch(JSON.stringify(file), /"(ru|en)":/, "no words of another language are left");
          });

        it("names fields, values and steps that exist; only what an account lists is left open", () => {
          const body = emptied(fileOf(one, "ru").bundle);
          for (const problem of problemsOf(body)) {
            const { door } = problem;
            const step = door.to === "step" ? actions(body).find(({ id }) => id === door.step) : undefined;
            const options = door.to === "step" && door.step === "trigger" ? triggerOf(body)?.options : undefined;
            const declared = options ?? (step && actionOf(step)?.fields) ?? [];
            const field = declared.find(({ key }) => door.to === "step" && key === door.field);
            const isListed = field?.kind === "reference";
            assert.ok(
              (isListed && /не заполнено/.test(problem.sentence.ru)) || ASKED.has(`${step?.connector}.${field?.key}`),
              problem.sentence.ru,
            );
          }
        });

        it("fills only declared fields, none of them secret, and choices with their values", () => {
          const check = (declared: readonly Field[], values: Readonly<Record<string, Json>>, where: string) => {
            for (const [key, value] of Object.entries(values)) {
              const field = declared.find((field) => field.key === key);
              assert.ok(field, `${where} has no field ${key}`);
              assert.notEqual(field.secret, true, `${where}.${key} is secret`);
              if (typeof value !== "string" || value.includes("{{")) continue;
              assert.notEqual(field.kind, "reference", `${where}.${key}: an account's own value`);
              if (field.choices && field.open !== true)
                assert.ok(
                  field.choices.some((choice) => choice.value === value),
                  `${where}.${key}: ${value}`,
                );
            }
          };
          const { trigger } = one.bundle;
          check(triggerOf(one.bundle)?.options ?? [], trigger?.options ?? {}, "trigger");
          for (const step of actions(one.bundle)) {
            const action = actionOf(step);
            check(action?.fields ?? [], step.input, step.id);
            for (const key of step.duplicates?.keys ?? []) assert.ok(action?.duplicates?.keys.includes(key), key);
            for (const key of Object.keys(step.duplicates?.rules ?? {}))
              assert.ok(
                action?.fields.some((field) => field.key === key),
                key,
              );
          }
        });

        it("plays on the samples: every value fits its field, and none that is named comes out empty", () => {
          const { bundle } = fileOf(one, "ru");
          for (const [id, lines] of playDry(bundle)) {
            const step = actions(bundle).find((step) => step.id === id);
            for (const { field, value, shown, problem } of lines) {
              const key = `${step?.connector}.${field.key}`;
              const isOpen = value === undefined && (field.kind === "reference" || ASKED.has(key));
              assert.ok(problem === null || isOpen, `${id}.${field.key}: ${problem?.ru}`);
              const isNamed = Object.hasOwn(step?.input ?? {}, field.key) && value !== undefined;
              if (isNamed && !MAY_LACK.test(String(value))) assert.notEqual(shown, null, `${id}.${field.key} is empty`);
            }
          }
        });

        it("holds nobody's data, and says what it does in both languages", () => {
          assert.doesNotMatch(JSON.stringify(one.bundle), /\d{5,}|@[\w-]+\.|https?:/);
          for (const { ru, en } of texts(set, one)) {
            assert.match(ru, /\S/);
            assert.match(en, /\S/);
            assert.doesNotMatch(en, /[а-яё]{12,}/i);
          }
          assert.match(one.about.ru, /[а-яё]{4}/i);
          assert.doesNotMatch(one.about.en, /[а-яё]/i);
        });
      });
});
