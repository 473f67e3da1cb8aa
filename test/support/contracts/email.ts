import type { Contract } from "../contract.ts";

/** A real SMTP server on this machine; what only TLS and broken conversations show is in email.test.ts. */
export const contract: Contract = {
  answers: { outage: "busy", expired: "expired", rateLimit: "later", lost: "lost", cut: "cut", echo: "echo" },
  writes: {
    sendEmail: {
      made: "messages",
      input: () => ({ to: "anna@example.test", subject: "Заказ принят", text: "Спасибо!" }),
    },
  },
};
