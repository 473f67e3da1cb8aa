/** Steps at Calltouch that the bundles of article 003 share. */
import type { ActionStep } from "../engine/index.ts";

const calltouch = { kind: "action", connector: "calltouch", connection: "calltouch" } as const;

/** A deal for the call, open and still without a sum. */
export const DEAL_BY_CALL: ActionStep = {
  id: "deal",
  ...calltouch,
  action: "dealByCall",
  input: {
    callId: "{{ trigger.callId }}",
    revenue: "0",
    status: "PENDING",
    orderDate: "{{ trigger.callDate }}",
  },
};

export const DEAL_BY_REQUEST: ActionStep = {
  id: "deal",
  ...calltouch,
  action: "dealByRequest",
  input: {
    requestId: "{{ trigger.requestId }}",
    revenue: "0",
    status: "PENDING",
    orderDate: "{{ trigger.requestDate }}",
  },
};

/** The order's sum and status in its deal. */
export const updateDeal = (input: {
  readonly orderNumber: string;
  readonly revenue: string;
  readonly status: string;
  readonly statusDate: string;
}): ActionStep => ({ id: "deal", ...calltouch, action: "updateDeal", input: { ...input } });
