import { builder } from "./builder.ts";
import { bundles, card, dryrun } from "./card.ts";
import { conditions } from "./conditions.ts";
import { home } from "./home.ts";
import { duplicates, mapping } from "./mapping.ts";

export const en = { home, builder, bundles, card, dryrun, conditions, mapping, duplicates };
