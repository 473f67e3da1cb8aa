import { alerts } from "./alerts.ts";
import { apps } from "./apps.ts";
import { builder } from "./builder.ts";
import { bundles, card, dryrun } from "./card.ts";
import { conditions } from "./conditions.ts";
import { connections } from "./connections.ts";
import { editing } from "./editing.ts";
import { history } from "./history.ts";
import { home } from "./home.ts";
import { hours, migration } from "./hours.ts";
import { making } from "./making.ts";
import { duplicates, mapping } from "./mapping.ts";
import { news } from "./news.ts";
import { pictures } from "./pictures.ts";
import { settings } from "./settings.ts";
import { templates } from "./templates.ts";
import { tools } from "./tools.ts";

export const ru = {
  alerts,
  apps,
  builder,
  bundles,
  card,
  conditions,
  connections,
  dryrun,
  duplicates,
  editing,
  history,
  home,
  hours,
  making,
  mapping,
  migration,
  news,
  pictures,
  settings,
  templates,
  tools,
};
