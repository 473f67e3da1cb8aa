/**
 * A process of its own that makes PNGs of SVGs and ends: JSON array of SVGs in, JSON array of base64 out. Drawing a page
 * of a phone's size takes the memory of this process from 50 to 80 MB and a dozen of them to 140, and the allocator
 * gives none of it back: within the app it would stay for good.
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
