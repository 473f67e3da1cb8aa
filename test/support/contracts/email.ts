import type { Contract } from "../contract.ts";

const SMTP = "it speaks SMTP, not HTTP: email.test.ts plays refusals, a lost answer and secrets at a mail server";
const NO_TRIGGER = "nothing starts a bundle there";

export const contract: Contract = {
  without: {
    check: SMTP,
    secrets: SMTP,
    limits: SMTP,
    create: SMTP,
    items: NO_TRIGGER,
    moments: NO_TRIGGER,
    longIds: NO_TRIGGER,
  },
};
