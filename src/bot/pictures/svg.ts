/** The few shapes that pictures are made of, as SVG. Every text and every attribute is escaped here. */

type Attributes = Readonly<Record<string, string | number | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string | number): string => String(text).replace(/[&<>"]/g, (one) => ESCAPES[one] ?? "");

/** Tenths of a pixel are nothing to the eye; whole digits keep a picture's text short. */
const round = (value: string | number): string | number =>
  typeof value === "number" ? Math.round(value * 10) / 10 : value;

export function element(name: string, attributes: Attributes, inside = ""): string {
  const given = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escaped(round(value))}"`]))
    .join("");
  return inside === "" ? `<${name}${given}/>` : `<${name}${given}>${inside}</${name}>`;
}

export const box = (
  x: number,
  y: number,
  width: number,
  height: number,
  look: { fill: string; radius?: number; stroke?: string; line?: number },
): string =>
  element("rect", {
    x,
    y,
    width,
    height,
    rx: look.radius,
    fill: look.fill,
    stroke: look.stroke,
    "stroke-width": look.stroke === undefined ? undefined : (look.line ?? 2),
  });

export const disc = (cx: number, cy: number, r: number, fill: string): string => element("circle", { cx, cy, r, fill });

/** `x` is the line's beginning, its middle or its end; `y` the base line. The text must be drawable. */
export const words = (
  text: string,
  x: number,
  y: number,
  look: { size: number; fill: string; bold?: boolean; anchor?: "middle" | "end" },
): string =>
  text === ""
    ? ""
    : element(
        "text",
        {
          x,
          y,
          "font-size": look.size,
          "font-weight": look.bold ? 700 : undefined,
          fill: look.fill,
          "text-anchor": look.anchor,
        },
        escaped(text),
      );

export const line = (d: string, look: { stroke: string; width: number; dashed?: boolean }): string =>
  element("path", {
    d,
    fill: "none",
    stroke: look.stroke,
    "stroke-width": look.width,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "stroke-dasharray": look.dashed ? `${look.width * 2} ${look.width * 2.2}` : undefined,
  });

/** An arrowhead whose tip is at the point. */
export function head(x: number, y: number, to: "down" | "left", fill: string, size = 14): string {
  const d =
    to === "down"
      ? `M${x} ${y} l${-size * 0.75} ${-size} h${size * 1.5} z`
      : `M${x} ${y} l${size} ${-size * 0.75} v${size * 1.5} z`;
  return element("path", { d, fill });
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
}

/** A whole picture on a ground of its own, so that it reads the same in dark chats and light ones. */
export function drawing(width: number, height: number, ground: string, parts: readonly string[]): Drawing {
  const tall = Math.ceil(height);
  const inside = [box(0, 0, width, tall, { fill: ground }), ...parts].join("");
  const svg = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height: tall,
      viewBox: `0 0 ${width} ${tall}`,
      "font-family": "Golos Text",
    },
    inside,
  );
  return { width, height: tall, svg };
}
