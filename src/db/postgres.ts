/**
 * postgres.js, mended while it is loaded. In 3.4.9 a connection that dies under a transaction takes the process down
 * (github.com/porsager/postgres/issues/1208), or hangs every later use of its place in the pool (pull 1215), or lets
 * the rest of the dead transaction run inside another one (issues/1216). We promise that a killed connection loses
 * nothing, so none of that may be. To be removed with the release that mends it: the texts below must be found exactly,
 * otherwise nothing starts.
 *
 * And statements that are asked often are prepared, which drizzle only does where each is given a name. Measured with W1:
 * 0.95 ms of planning a run at the server, two round trips a statement instead of one, and no pipelining, because the
 * driver waits for the types of parameters before it sends them.
 */
import { registerHooks } from "node:module";

type Repair = readonly [was: string, is: string];

const CONNECTION: readonly Repair[] = [
  // What was going to be written belongs to the socket that is gone.
  [
    "    const x = socket.write(chunk, fn)\n",
    "    if (socket === null) {\n      chunk = nextWriteTimer = null\n      return false\n    }\n    const x = socket.write(chunk, fn)\n",
  ],
  // A closed connection remembers nothing for the next one in its place, and refuses work until it is connected again.
  [
    "    incomings = null\n    clearImmediate(nextWriteTimer)\n",
    "    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    terminated = true\n",
  ],
  [
    "    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
    "    if (query || sent.length) error(Errors.connection('CONNECTION_CLOSED', options, socket))\n    query = results = errorResponse = null\n    result = new Result()\n",
  ],
  // False would mean "busy until its next answer", which never comes.
  [
    "      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))\n",
    "      return (queryError(q, Errors.connection('CONNECTION_DESTROYED', options)), true)\n",
  ],
  // Prepared from the tenth time on; long lists of parameters come in too many lengths. A server keeps each in memory.
  ["    , statements = {}\n", "    , statements = {}\n    , asked = new Map()\n    , often = new Set()\n"],
  ["      statements = {}\n", "      statements = {}\n      often.clear()\n"],
  [
    "    q.prepare = options.prepare && ('prepare' in q.options ? q.options.prepare : true)\n",
    "    q.prepare = options.prepare && (!('prepare' in q.options) || q.options.prepare || (!q.options.simple && isOften(string, parameters)))\n",
  ],
  [
    "  function write(x, fn) {\n",
    `  function isOften(text, parameters) {
    if (often.has(text)) return true
    if (parameters.length > 40 || often.size >= 200) return false
    const times = (asked.get(text) || 0) + 1
    if (asked.size >= 500) asked.clear()
    asked.set(text, times)
    if (times >= 10) often.add(text)
    return times >= 10
  }

  function write(x, fn) {
`,
  ],
  // Whoever waits for the connection is told of its death; this question of the driver's own has nobody behind it.
  ["        return fetchArrayTypes()\n", "        return fetchArrayTypes().catch(() => {})\n"],
];
const INDEX: readonly Repair[] = [
  // A transaction whose connection is lost is over: its statements don't go to whoever has that place now.
  ["      , connection\n      , prepare = null\n", "      , connection\n      , lost = null\n      , prepare = null\n"],
  ["connection.onclose = reject)", "connection.onclose = e => (lost = e, reject(e)))"],
  [
    "        q.catch(e => uncaughtError || (uncaughtError = e))\n",
    "        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost) return q.reject(lost)\n",
  ],
  // The same for reserved ones.
  ["    c.reserved.release = true\n", "    c.reserved.release = true\n    const own = c.reserved\n"],
  [
    "      c.reserved = null\n      onopen(c)\n    }\n",
    "      if (c.reserved !== own) return\n      c.reserved = null\n      onopen(c)\n    }\n",
  ],
  [
    "    function handler(q) {\n      c.queue === full\n",
    "    function handler(q) {\n      if (c.reserved !== own) return q.reject(Errors.connection('CONNECTION_CLOSED', options))\n      c.queue === full\n",
  ],
];
const FILES: readonly [RegExp, readonly Repair[]][] = [
  [/\/node_modules\/postgres\/src\/connection\.js$/, CONNECTION],
  [/\/node_modules\/postgres\/src\/index\.js$/, INDEX],
];

function mend(source: string, repairs: readonly Repair[]): string {
  return repairs.reduce((text, [was, is]) => {
    if (text.split(was).length !== 2)
      throw new Error(`postgres.js isn't the version that src/db/postgres.ts mends: ${was}`);
    return text.replace(was, () => is);
  }, source);
}

let mended = 0;
const hooks = registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const repairs = FILES.find(([file]) => file.test(url))?.[1];
    if (!repairs) return loaded;
    mended++;
    return { ...loaded, source: mend(String(loaded.source), repairs) };
  },
});
const [driver, orm] = await Promise.all([import("postgres"), import("drizzle-orm/postgres-js")]);
hooks.deregister();
if (mended !== FILES.length) throw new Error("postgres.js was imported before src/db/postgres.ts could mend it");

/** The only places from which the driver and its drizzle may be imported; types come from the packages themselves. */
export const postgres = driver.default;
export const { drizzle } = orm;
