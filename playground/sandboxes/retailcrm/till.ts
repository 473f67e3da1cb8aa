/** Payments of orders: made, changed and deleted by their own calls, told of in the feed. */
import { moscow, type SandboxDeps } from "../kit.ts";
import type { Account, By, Order, Payment } from "./account.ts";

export function makeTill(deps: SandboxDeps, account: Account) {
  const now = () => moscow(deps.now());

  function store(order: Order, payments: Payment[]): void {
    const isPaid = payments.some(({ status }) => status === "paid");
    account.orders.put(String(order.id), {
      ...order,
      payments,
      fullPaidAt: isPaid ? (order.fullPaidAt ?? now()) : null,
    });
  }
  const tell = (order: Order, by: By, field: string, oldValue: unknown, newValue: unknown) =>
    account.note("order", String(order.id), by, field, oldValue, newValue);

  return {
    /** The order that holds a payment. */
    holder: (id: string, by: string | null): { order: Order; payment: Payment } | undefined => {
      for (const order of account.orders.all()) {
        const payment = order.payments.find((one) => (by === "externalId" ? one.externalId : String(one.id)) === id);
        if (payment) return { order, payment };
      }
      return undefined;
    },

    pay(order: Order, payment: Record<string, unknown>, by: By): number {
      const id = 3_000 + account.history.next();
      const made: Payment = { status: "not-paid", ...payment, id };
      store(order, [...order.payments, made]);
      tell(order, by, "payments", null, { id, type: payment.type });
      if (made.status === "paid") tell(order, by, "full_paid_at", null, now());
      return id;
    },

    change(order: Order, payment: Payment, change: Record<string, unknown>, by: By): void {
      const next: Payment = { ...payment, ...change, id: payment.id };
      store(
        order,
        order.payments.map((one) => (one.id === payment.id ? next : one)),
      );
      if (next.status !== payment.status)
        tell(order, by, "payments.status", { code: payment.status }, { code: next.status });
      if (next.amount !== payment.amount)
        tell(order, by, "payments.amount", payment.amount ?? null, next.amount ?? null);
    },

    remove(order: Order, payment: Payment, by: By): void {
      store(
        order,
        order.payments.filter((one) => one.id !== payment.id),
      );
      tell(order, by, "payments", { id: payment.id, type: payment.type }, null);
    },
  };
}
export type Till = ReturnType<typeof makeTill>;
