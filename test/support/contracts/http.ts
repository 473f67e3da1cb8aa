import type { Contract } from "../contract.ts";

export const contract: Contract = {
  sandbox: "receiver",
  create: {
    action: "request",
    table: "requests",
    input: (stand) => ({ method: "POST", url: `${stand.base}/in`, bodyKind: "json", body: '{"id":1}' }),
  },
  without: {
    "create:html": "a page is as good an answer as any to a request that a person made up",
    check: "it has no account",
    limits: "no service, no published limit",
    secrets: "its keys are typed into a step: http.test.ts and core.test.ts look for them",
    items: "nothing starts a bundle there",
    moments: "nothing starts a bundle there",
    longIds: "nothing starts a bundle there",
  },
};
