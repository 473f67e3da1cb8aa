/** Pictures for the chat: asks the engine, draws, and hands out PNGs. */
import { UserError } from "../../engine/index.ts";
import type { Log } from "../../log.ts";
import type { Pictures, Turn } from "../parts.ts";
import { textsFor } from "../texts/index.ts";
import { drawBundle } from "./bundle.ts";
import type { Draw } from "./draw.ts";
import { type ChartModel, chartOf } from "./rows.ts";
import { drawWeek } from "./week.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

interface Deps {
  readonly draw: Draw;
  readonly log: Log;
}

export function makePictures({ draw, log }: Deps): Pictures {
  /** The newest run that failed, if the bundle still has what it failed on. */
  async function failedOf({ engine, member }: Turn, bundle: string): Promise<ChartModel["failed"]> {
    const { runs } = await engine.runs.list(member.scope, { bundle, state: "failed", page: 0 });
    return runs.find(({ failure }) => failure?.step !== undefined) ?? null;
  }

  return {
    async bundle(turn, view) {
      const { engine, member, locale, t } = turn;
      const failed = await failedOf(turn, view.id);
      const look = { t, locale, catalogue: engine.catalogue, timeZone: member.timeZone };
      const drawings = drawBundle(chartOf(look, { view, failed, timeZone: member.timeZone, now: new Date() }));
      const pictures = await draw(drawings).catch((error) => {
        log.error({ err: error }, "a bundle can't be drawn");
        throw new UserError({ ru: textsFor("ru").pictures.again, en: textsFor("en").pictures.again });
      });
      await turn.sendPictures(pictures, t.pictures.caption(view.number));
    },

    async week(engine, { scope, locale, timeZone, to }) {
      const told = await engine.data.summary(scope, new Date(to.getTime() - WEEK_MS), to);
      if (told.succeeded + told.failed === 0) return null;
      const [picture] = await draw([drawWeek(textsFor(locale), { locale, timeZone }, told)]);
      return picture ?? null;
    },
  };
}
