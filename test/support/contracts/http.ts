import type { Contract } from "../contract.ts";

export const contract: Contract = {
  sandbox: "receiver",
  writes: {
    request: {
      made: "requests",
      input: (stand) => ({ method: "POST", url: `${stand.base}/in`, bodyKind: "json", body: '{"id":1}' }),
    },
  },
  without: { "writes:html": "a page is as good an answer as any to a request that a person made up" },
};
