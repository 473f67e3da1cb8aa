import type { Db } from "./parts.ts";
import { readFigures } from "./store/metrics.ts";

type Labels = Readonly<Record<string, string>>;
type Value = readonly [Labels, number];

/** Prometheus' text: what waits in this installation, and what this process uses. */
export async function writeMetrics(db: Db): Promise<string> {
  const figures = await readFigures(db);
  const byState = (states: Readonly<Record<string, number>>): Value[] =>
    Object.entries(states).map(([state, n]) => [{ state }, n]);
  const memory = process.memoryUsage();
  const cpu = process.cpuUsage();
  return [
    gauge("svyazka_runs", "Runs that have not ended, by state.", byState(figures.runs)),
    gauge("svyazka_bundles", "Bundles by state.", byState(figures.bundles)),
    gauge("svyazka_deliveries", "Stored deliveries by state.", byState(figures.deliveries)),
    gauge("svyazka_telegram_inbox", "Updates not handled yet.", [[{}, figures.inbox]]),
    gauge("svyazka_telegram_outbox", "Messages not sent yet.", [[{}, figures.outbox]]),
    gauge(
      "svyazka_oldest_wait_seconds",
      "How long the oldest one that is due has been waiting for us.",
      Object.entries(figures.waits).map(([what, seconds]) => [{ what }, Math.round(seconds * 1_000) / 1_000]),
    ),
    gauge("svyazka_incidents", "Open incidents.", [[{}, figures.incidents]]),
    gauge("svyazka_failing_triggers", "Polls and enrichments that failed last time.", [[{}, figures.failingTriggers]]),
    gauge("process_resident_memory_bytes", "Memory of this process.", [[{}, memory.rss]]),
    gauge("nodejs_heap_used_bytes", "Heap of this process.", [[{}, memory.heapUsed]]),
    counter("process_cpu_seconds_total", "CPU time of this process.", (cpu.user + cpu.system) / 1e6),
  ].join("");
}

function gauge(name: string, help: string, values: readonly Value[]): string {
  const lines = values.map(([labels, value]) => `${name}${write(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}
function counter(name: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${value}\n`;
}
function write(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value.replace(/["\\\n]/g, "_")}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
