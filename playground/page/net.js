/** The playground's API, and its events. An event only says what to look at again, so a lost one costs nothing. */

export async function ask(path, body) {
  const init =
    body instanceof FormData
      ? { method: "POST", body }
      : body
        ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
        : {};
  const answer = await fetch(path, init);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error ?? answer.statusText);
  return value;
}

/** `take` gets each event, `hello` comes after every (re)connection, `lost` when the program is away. */
export function listen(take, lost) {
  const source = new EventSource("/api/events");
  source.onmessage = ({ data }) => take(JSON.parse(data));
  source.onerror = () => lost(source.readyState === EventSource.CLOSED);
  return source;
}

const RETRY_MS = 1000;

/** Runs `work` soon, once for many askings, never twice at the same time, and again when it failed. */
export function soon(work, ms = 30) {
  let timer;
  let running = false;
  let again = false;
  async function run() {
    timer = undefined;
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await work();
    } catch (error) {
      console.warn(error.message);
      setTimeout(request, RETRY_MS);
    } finally {
      running = false;
      if (again) {
        again = false;
        request();
      }
    }
  }
  function request() {
    if (timer === undefined) timer = setTimeout(run, ms);
  }
  return request;
}
