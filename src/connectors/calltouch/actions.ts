/** Everything that can be done in Calltouch, what people look for most first. */
import type { Action } from "../kit/define.ts";
import { deals, moreDeals } from "./deals.ts";
import { finds } from "./finds.ts";
import { moreLeads } from "./leads.ts";
import { requests } from "./requests.ts";

export const actions: readonly Action[] = [...deals, ...requests, ...moreDeals, ...moreLeads, ...finds];
