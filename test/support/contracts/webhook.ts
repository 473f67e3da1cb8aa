import type { Contract } from "../contract.ts";

/** Anybody's own server, which sends what it likes. */
export const contract: Contract = {
  sandbox: "receiver",
  triggers: {
    incoming: {
      make: (stand, n) => stand.press("send", { url: stand.ear, kind: "json", body: `{"id":${n},"name":"Анна"}` }),
      hook: { options: { keyFrom: "path", keyName: "id" }, listen: async () => undefined },
    },
  },
};
