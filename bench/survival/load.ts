/** A sender of leads who never repeats one: it notes what was accepted, refused, and what got no answer. */
import { Agent, request } from "undici";

export interface Load {
  readonly accepted: ReadonlySet<number>;
  /** Sent, and the connection died: it may have been taken or not. */
  readonly unanswered: ReadonlySet<number>;
  refused(): number;
  /** Numbers of its leads. */
  first(): number;
  sent(): number;
  /** Sends no more, and waits for the answers. */
  stop(): Promise<void>;
}

/** Leads are numbered from `after` + 1 on. */
export function startLoad(url: string, perSecond: number, after = 0): Load {
  const agent = new Agent({ headersTimeout: 60_000, bodyTimeout: 60_000 });
  const accepted = new Set<number>();
  const unanswered = new Set<number>();
  const open = new Set<Promise<void>>();
  let refused = 0;
  let n = after;

  async function send(lead: number): Promise<void> {
    const body = JSON.stringify({
      n: lead,
      name: `Анна Петрова ${lead}`,
      phone: `+7900${String(lead).padStart(7, "0")}`,
      comment: "Здравствуйте! Хочу узнать цену и срок, перезвоните после шести. ".repeat(3),
    });
    try {
      const headers = { "content-type": "application/json" };
      const answer = await request(url, { method: "POST", headers, body, dispatcher: agent });
      await answer.body.dump();
      if (answer.statusCode < 300) accepted.add(lead);
      // The balancer's own word: the process behind it may have taken the lead before it died.
      else if (answer.statusCode === 502) unanswered.add(lead);
      else refused++;
    } catch {
      unanswered.add(lead);
    }
  }
  const timer = setInterval(() => {
    const one = send(++n).finally(() => open.delete(one));
    open.add(one);
  }, 1000 / perSecond);

  return {
    accepted,
    unanswered,
    refused: () => refused,
    first: () => after + 1,
    sent: () => n,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      await agent.close();
    },
  };
}
