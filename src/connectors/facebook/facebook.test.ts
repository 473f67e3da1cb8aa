import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type Ear, openEar } from "../../../test/support/ear.ts";
import { openService, type Service } from "../../../test/support/service.ts";
import type { Context, HookAnswer, HookRequest, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { tokenCall, withTokens } from "../kit/oauth.ts";
import { facebook } from "./index.ts";
import { leadFields } from "./leads.ts";

const APP = { id: "7000001", secret: "fb-sandbox-app-secret-3c9e" };
const TRUST = { secret: "verify-token-of-this-address", app: APP };
const PAGE = { page: "1000001" };
const [trigger] = facebook.triggers;
const hook = trigger?.hook;
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};

describe("Facebook against its sandbox", () => {
  let service: Service;
  /** A person's token, which opens both pages. */
  let person: Context;
  let ear: Ear;
  let deliveries: JsonObject[] = [];
  const receive = (request: HookRequest): HookAnswer => {
    const handshake = hook?.answer?.(request, {}, {}, TRUST);
    if (handshake) return handshake;
    if (!hook?.verify?.(request, {}, {}, TRUST)) return { status: 401 };
    deliveries.push(...hook.deliveries(request, PAGE));
    return { status: 200, body: "ok" };
  };
  const subscribe = (ctx = service.ctx) => hook?.subscribe?.(ctx, ear.url, PAGE, TRUST) as Promise<JsonObject>;
  const lead = async (fields: Record<string, string> = {}): Promise<{ id: string; sent: number[] }> => {
    deliveries = [];
    return (await service.press("lead", fields)) as { id: string; sent: number[] };
  };
  before(async () => {
    service = await openService("facebook");
    person = service.with({ token: service.ctx.auth.userToken ?? "" });
    ear = await openEar(receive);
  });
  after(async () => {
    await ear.stop();
    await service.stop();
  });

  it("names the page or the person with their pages; refusals are told apart", async () => {
    assert.deepEqual(await facebook.check?.(service.ctx), { account: "Сервис на Садовой (1000001)" });
    assert.deepEqual(await facebook.check?.(person), { account: "Анна Петрова: Сервис на Садовой, Сервис на Лесной" });
    await assert.rejects(async () => facebook.check?.(service.with({ token: "x" })), failsAs("access", "token"));
    service.set("rights", "noLeads");
    await assert.rejects(async () => facebook.check?.(service.ctx), failsAs("forbidden"));
    service.set("rights", "full");
    assert.ok(!/EAAsandbox|app-secret/.test(JSON.stringify(service.exchange())), "no token is kept");
  });

  it("names each page whose leads can't be seen, and those that aren't subscribed yet", async () => {
    service.set("rights", "onePage");
    const seen = await facebook.check?.(person);
    assert.equal(seen?.account, "Анна Петрова: Сервис на Садовой, Сервис на Лесной");
    assert.match(seen?.notes?.[0]?.ru ?? "", /не видны на страницах «Сервис на Лесной»/);
    service.set("rights", "full");
    const consented: Context = { ...service.with({ accessToken: service.ctx.auth.userToken ?? "" }), app: APP };
    const state = await subscribe(consented);
    const notes = (await facebook.check?.(consented))?.notes ?? [];
    assert.deepEqual(
      notes.map(({ en }) => en.slice(0, 50)),
      ["Not subscribed to new leads yet: “Сервис на Лесной"],
    );
    assert.equal(await hook?.isAlive?.(consented, state), true);
    await hook?.unsubscribe?.(consented, state);
    assert.equal(await hook?.isAlive?.(consented, state), false);
  });

  it("proves every call where the app wants it, with the secret of the app that issued the token", async () => {
    service.set("proof", "required");
    await assert.rejects(async () => facebook.check?.(person), failsAs("access", "appSecret"));
    const typed = { token: service.ctx.auth.userToken ?? "" };
    await assert.rejects(
      async () => facebook.check?.(service.with({ ...typed, appSecret: "another" })),
      failsAs("access", "appSecret"),
    );
    const proven: Context = service.with({ ...typed, appSecret: APP.secret });
    const consented: Context = { ...service.with({ accessToken: typed.token }), app: APP };
    for (const ctx of [proven, consented]) {
      assert.match((await facebook.check?.(ctx))?.account ?? "", /^Анна Петрова/);
      await hook?.unsubscribe?.(ctx, await subscribe(ctx));
      const { id } = await lead();
      assert.equal((await hook?.enrich?.(ctx, { leadId: id, pageId: "1000001" }))?.leadId, id);
    }
    const proof = createHmac("sha256", APP.secret).update(typed.token).digest("hex");
    assert.ok(!JSON.stringify(service.exchange()).includes(proof), "a proof opens what its token does");
    service.set("proof", "optional");
  });

  it("sets the app's address, subscribes the page, and hears signed events whatever their ids look like", async () => {
    for (const ctx of [service.ctx, person]) {
      const state = await subscribe(ctx);
      assert.deepEqual(await subscribe(ctx), state);
      assert.equal(service.rows("subscriptions").length, 2);
      for (const ids of ["strings", "numbers"]) {
        for (const batch of ["alone", "mixed"]) {
          service.set("ids", ids);
          service.set("batch", batch);
          const { id, sent } = await lead();
          assert.deepEqual(sent, [200]);
          assert.deepEqual(
            deliveries.map(({ leadId, pageId }) => [leadId, pageId]),
            [[id, "1000001"]],
            `${ids} ${batch}`,
          );
          assert.equal((await hook?.enrich?.(ctx, deliveries[0] ?? {}))?.leadId, id);
        }
      }
      await hook?.unsubscribe?.(ctx, state);
      assert.deepEqual((await lead()).sent, [], "an unsubscribed page tells nothing");
    }
    assert.ok(!/EAAsandbox|app-secret|verify-token/.test(JSON.stringify(service.exchange())), "no secret is kept");
  });

  it("asks for every declared field, standard questions by their type in any language", async () => {
    const state = await subscribe();
    await lead({ ad: "3000001" });
    const item = (await hook?.enrich?.(service.ctx, deliveries[0] ?? {})) ?? {};
    for (const { key } of leadFields) assert.ok(key in item, key);
    assert.equal(item.fullName, "Анна Петрова");
    assert.equal(item.campaignName, "Ремонт, весна");
    assert.deepEqual(item.answers, { что_сломалось: "Телефон не заряжается", когда_удобно: "Утром" });
    assert.equal(item.answersText, "Что сломалось?: Телефон не заряжается\nКогда удобно?: Утром");
    await lead({ form: "4000002", ad: "" });
    const other = (await hook?.enrich?.(service.ctx, deliveries[0] ?? {})) ?? {};
    assert.equal(other.fullName, "Анна Петрова");
    assert.equal(other.phone, "+79001234567");
    assert.equal(other.adId, null);
    assert.equal(other.isOrganic, true);
    assert.equal(other.formName, "Обратный звонок");
    await hook?.unsubscribe?.(service.ctx, state);
  });

  it("waits for a lead that can't be read yet, and not for one that never could", async () => {
    const state = await subscribe();
    service.set("race", "late");
    await lead();
    await assert.rejects(async () => hook?.enrich?.(service.ctx, deliveries[0] ?? {}), failsAs("temporary"));
    assert.ok(await hook?.enrich?.(service.ctx, deliveries[0] ?? {}));
    service.set("race", "ready");
    const gone = { leadId: "1", pageId: "1000001", formId: "4000001", receivedAt: "2026-01-01T00:00:00.000Z" };
    await assert.rejects(async () => hook?.enrich?.(service.ctx, gone), failsAs("not_found"));
    await hook?.unsubscribe?.(service.ctx, state);
  });

  it("lets nobody in without Facebook's signature, nor set our address elsewhere", async () => {
    const body = JSON.stringify({
      object: "page",
      entry: [{ id: "1000001", changes: [{ field: "leadgen", value: { leadgen_id: "1" } }] }],
    });
    const post = async (signature: string) =>
      (await fetch(ear.url, { method: "POST", headers: { "x-hub-signature-256": signature }, body })).status;
    assert.equal(await post(""), 401);
    assert.equal(await post(`sha256=${"0".repeat(64)}`), 401);
    assert.equal((await fetch(`${ear.url}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x`)).status, 403);
    assert.equal(
      hook?.verify?.({ method: "POST", headers: {}, query: {}, body: {}, raw: "" }, {}, {}, { ...TRUST, app: null }),
      false,
    );
  });

  it("says what is missing for events: the app, or a token of that app", async () => {
    const without = hook?.subscribe?.(service.ctx, ear.url, PAGE, { ...TRUST, app: null });
    await assert.rejects(async () => without, failsAs("access"));
    service.set("tokenApp", "other");
    await assert.rejects(subscribe, failsAs("access", "token"));
    service.set("tokenApp", "ours");
    await assert.rejects(
      async () => hook?.subscribe?.(service.ctx, ear.url, { page: "1000002" }, TRUST),
      failsAs("forbidden", "page"),
    );
  });

  it("polls what it hears, whether the filter and the pages of the list behave or not", async () => {
    for (let more = 0; more < 120; more++) await lead({ name: `N${more}` });
    await lead({ daysAgo: "5" });
    for (const filter of ["honoured", "ignored"]) {
      for (const pages of ["full", "sparse"]) {
        service.set("filter", filter);
        service.set("pages", pages);
        const { items } = await service.poll("lead", { ...PAGE, form: "4000001" });
        const expected = service
          .rows("leads")
          .filter(
            ({ form, created }) => form === "4000001" && Number(created) > service.ctx.now().getTime() / 1_000 - 3_600,
          );
        assert.equal(new Set(items.map((item) => trigger?.record(item))).size, expected.length, `${filter} ${pages}`);
        const times = items.map(({ createdAt }) => String(createdAt));
        assert.deepEqual(times, [...times].sort());
      }
    }
    service.set("pages", "full");
    const whole = await service.poll("lead", PAGE);
    assert.equal(new Set(whole.items.map(({ formId }) => formId)).size, 2);
  });

  it("offers pages, their forms and the questions of a form", async () => {
    const pages = await facebook.lists?.pages?.load(person, {}, undefined);
    assert.deepEqual(
      pages?.items.map(({ label }) => label),
      ["Сервис на Садовой", "Сервис на Лесной"],
    );
    const forms = await facebook.lists?.forms?.load(person, { page: "1000002" }, undefined);
    assert.deepEqual(forms?.items, [{ value: "4000003", label: "Заявка на Лесной" }]);
    const questions = await trigger?.outputOf?.(service.ctx, { ...PAGE, form: "4000001" });
    assert.deepEqual(
      questions?.map(({ label }) => label.ru),
      ["Что сломалось?", "Когда удобно?"],
    );
  });

  it("renews a consent by lengthening its token, for there is no other", () => {
    const { auth } = facebook;
    assert.ok(auth.kind === "oauth2");
    const ask = { app: APP, redirect: "https://svyazka.test/oauth/callback" };
    const call = tokenCall(auth.grant, "https://graph.test/oauth/access_token", { ...ask, refreshToken: "short" });
    assert.equal(call.query?.grant_type, "fb_exchange_token");
    assert.equal(call.query?.fb_exchange_token, "short");
    assert.ok(call.secrets?.includes("short"));
    const now = new Date("2026-10-01T00:00:00Z");
    const values = withTokens(auth.grant, {}, { access_token: "long", expires_in: 5_184_000 }, now);
    assert.equal(values.accessToken, "long");
    assert.equal(values.refreshToken, "long");
    assert.equal(values.expiresAt, "2026-11-30T00:00:00.000Z");
  });

  it("tells waiting from failing, whatever the status says", async () => {
    service.set("limit", "leads");
    await assert.rejects(
      async () => facebook.check?.(service.ctx),
      (error: unknown) => failsAs("temporary")(error) && (error as ConnectorError).details.retryAfterMs === 7 * 60_000,
    );
    service.set("limit", "free");
    for (const [health, errorClass] of [
      ["rateLimit:1", "temporary"],
      ["outage", "temporary"],
      ["expired", "access"],
    ] as const) {
      service.set("health", health);
      await assert.rejects(async () => facebook.check?.(service.ctx), failsAs(errorClass));
      service.set("health", "ok");
    }
  });
});
