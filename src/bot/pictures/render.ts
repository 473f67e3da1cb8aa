/**
 * A process of its own that makes PNGs of SVGs and ends: JSON array of SVGs in, JSON array of base64 out. One page of a
 * phone's size takes a process from 50 to 80 MB, ten take it to 170, and the allocator gives none of it back: within the
 * app, which shall rest below 200, it would stay for good. resvg-js is small (4 MB; a canvas of Skia is 35) and draws with
 * the fonts that it is given and no others; its 2.6.2 is the newest that isn't an alpha.
 */
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

const font = (cut: string) => fileURLToPath(import.meta.resolve(`@expo-google-fonts/golos-text/${cut}.ttf`));

const drawings = JSON.parse(await text(process.stdin)) as readonly string[];
const pictures = drawings.map((svg) =>
  new Resvg(svg, {
    // The machine's own fonts would make other pictures on every machine, and reading them takes seconds.
    font: {
      loadSystemFonts: false,
      fontFiles: [font("400Regular/GolosText_400Regular"), font("700Bold/GolosText_700Bold")],
      defaultFontFamily: "Golos Text",
    },
  })
    .render()
    .asPng()
    .toString("base64"),
);
process.stdout.write(JSON.stringify(pictures));
