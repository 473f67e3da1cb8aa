import { hostname } from "node:os";
import type { Connector } from "../connectors/kit/define.ts";
import type { Client } from "../db/client.ts";
import type { Log } from "../log.ts";
import { makeBundles } from "./bundle/bundles.ts";
import { makeCatalogue } from "./catalogue.ts";
import { makeClockwork } from "./clockwork.ts";
import { makeApps } from "./connection/apps.ts";
import { makeConnections } from "./connection/connections.ts";
import { makeConsent } from "./connection/consent.ts";
import { makeOpener, type OpenHttp } from "./connection/opener.ts";
import { makeRotation } from "./connection/rotation.ts";
import { makeTokens } from "./connection/tokens.ts";
import { makeVault } from "./connection/vault.ts";
import type { Engine } from "./engine.ts";
import { newId } from "./id.ts";
import { type IncidentParts, makeIncidents } from "./incident/incidents.ts";
import { makeWatch } from "./incident/watch.ts";
import {
  type Address,
  checkInstallation,
  checkKey,
  checkPresence,
  checkSessions,
  type Installation,
  keepAddress,
} from "./installation.ts";
import { makeLook } from "./look.ts";
import { writeMetrics } from "./metrics.ts";
import { makeOnce } from "./once.ts";
import type { EngineSettings, Shared } from "./parts.ts";
import { makeData } from "./people/data.ts";
import { makeGroups } from "./people/groups.ts";
import { makeGuests } from "./people/guests.ts";
import { makePeople } from "./people/people.ts";
import { makeRoles } from "./people/roles.ts";
import { makeTeam } from "./people/team.ts";
import { makeQueue } from "./queue.ts";
import { makeAdmission } from "./run/admission.ts";
import { makeStepProbe } from "./run/probe.ts";
import { makeRevival } from "./run/revival.ts";
import { makeRuns } from "./run/runs.ts";
import { makeWorker } from "./run/worker.ts";
import { freeLeases } from "./store/leases.ts";
import { ping } from "./store/metrics.ts";
import { sweep } from "./sweep.ts";
import { makeNotify } from "./telegram/notify.ts";
import { makeTelegram } from "./telegram/telegram.ts";
import { makeTriggers, makeWayIn } from "./trigger/index.ts";
import { tellMoved } from "./trigger/moved.ts";

export interface EngineDeps {
  readonly client: Client;
  /** Of the same database: the queue has connections of its own. */
  readonly url: string;
  /** 32 bytes. */
  readonly key: Buffer;
  /** While keys change: those that still open, and where to look for one that was made since. */
  readonly olderKeys?: readonly Buffer[];
  readonly keysAgain?: () => readonly Buffer[];
  readonly clock: { now(): Date };
  readonly log: Log;
  readonly connectors: readonly Connector[];
  readonly settings: EngineSettings;
  readonly installation: Installation;
  readonly http: OpenHttp;
  /** Written down for commands that run beside this process; left out where their own settings say it. */
  readonly address?: Address | undefined;
}

/** Joins the parts. Nothing runs before start(). */
export function makeEngine(deps: EngineDeps): Engine {
  const { client, log, clock, connectors } = deps;
  const { db } = client;
  const process = `${hostname()}-${newId().slice(0, 8)}`;
  const vault = makeVault({
    key: deps.key,
    ...(deps.olderKeys ? { older: deps.olderKeys } : {}),
    ...(deps.keysAgain ? { again: deps.keysAgain } : {}),
  });
  const queue = makeQueue({ url: deps.url, process, log });
  const apps = makeApps({ db, vault, connectors, log, settings: deps.settings });
  const { settings } = apps;
  const shared: Shared = { db, clock, log, vault, connectors, settings, queue, process };

  const stopping = new AbortController();

  const once = makeOnce(shared);
  const notify = makeNotify(shared);
  const people = makePeople(shared);
  const team = makeTeam({ ...shared, notify });
  const groups = makeGroups({ ...shared, notify });
  const roles = makeRoles(shared);
  const telegram = makeTelegram({ ...shared, groups });
  const catalogue = makeCatalogue(shared);
  const tokens = makeTokens({ ...shared, http: deps.http });
  const revival = makeRevival(shared);
  const opener = makeOpener({ ...shared, http: deps.http, tokens, answered: revival.answered });
  const consent = makeConsent({ ...shared, tokens, apps });
  const triggers = makeTriggers({ ...shared, opener });
  const connections = makeConnections({
    ...shared,
    opener,
    once,
    notify,
    triggers,
    resume: (at) => incidents.reconnected(at),
  });
  const incidents: IncidentParts = makeIncidents({
    ...shared,
    notify,
    once,
    disarm: triggers.disarm,
    connection: (scope, id) => connections.get(scope, id).catch(() => null),
  });
  const guests = makeGuests({ ...shared, notify, connections, consent });
  const data = makeData({ ...shared, triggers, met: incidents.met, signal: stopping.signal });
  const admission = makeAdmission(shared);
  const worker = makeWorker({ ...shared, opener, incidents, notify });
  const wayIn = makeWayIn({ ...shared, opener, admission, incidents, notify, past: worker.past });
  const runs = makeRuns({ ...shared, once, admission, incidents });
  const probe = makeStepProbe({ ...shared, opener });
  const bundles = makeBundles({ ...shared, once, triggers, admission, probe, opener, connections });

  const watch = makeWatch({ ...shared, notify });

  const clockwork = makeClockwork({
    log,
    tasks: [
      // Every process hears of an app that was typed at another one.
      { name: "apps", cron: "*/20 * * * * *", run: () => apps.load() },
      ...(settings.roles.has("scheduler")
        ? [
            // One slow service must not hold up the others' polls.
            { name: "look", cron: "* * * * * *", mayOverlap: true, run: makeLook({ ...shared, worker, ...wayIn }) },
            { name: "subscriptions", cron: "*/5 * * * * *", run: () => triggers.tick() },
            { name: "dead subscriptions", cron: "53 37 * * * *", run: () => triggers.look() },
            { name: "tokens", cron: "41 7 * * * *", run: () => tokens.tick() },
            { name: "summaries", cron: "13 * * * * *", run: () => watch.summaries() },
            { name: "watch", cron: "29 11 * * * *", run: () => watch.look() },
            { name: "deleted workspaces", cron: "*/10 * * * * *", run: () => data.tick() },
            { name: "sweep", cron: "17 23 * * * *", run: () => sweep({ ...shared, signal: stopping.signal }) },
          ]
        : []),
    ],
  });
  let isRunning = false;

  return {
    async start() {
      await checkSessions(shared);
      await checkKey({ db, vault });
      await checkInstallation(shared, deps.installation);
      if (deps.address) await keepAddress(shared, deps.address);
      await freeLeases(db, process, clock.now());
      await apps.load();
      if (settings.roles.has("scheduler")) {
        await triggers.followAddress();
        await tellMoved({ ...shared, notify });
      }
      if (settings.roles.has("worker")) {
        worker.start();
        wayIn.deliveries.work();
      }
      await queue.start();
      await checkPresence(shared);
      clockwork.start();
      isRunning = true;
    },
    async stop() {
      isRunning = false;
      stopping.abort();
      wayIn.migrating.stop();
      await clockwork.stop();
      // First no new work is taken and what runs may end (10 s at most), then the worker lets go.
      await queue.stop();
      await revival.settle();
      await worker.stop();
    },
    async isReady() {
      if (!isRunning || !(await queue.isReady())) return false;
      return ping(db).then(
        () => true,
        () => false,
      );
    },
    metrics: () => writeMetrics(db),
    people,
    team,
    groups,
    guests,
    data,
    catalogue,
    connections: roles.connections(connections),
    consent: roles.consent(consent),
    bundles: roles.bundles(bundles),
    runs: roles.runs(runs),
    incidents: roles.incidents(incidents),
    hooks: wayIn.hooks,
    keys: makeRotation({ db, vault, process }),
    telegram,
  };
}
