/** The button under an error that leads to what must be changed. */
import type { Door } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button } from "../parts.ts";
import type { Texts } from "../texts/index.ts";

export function doorButton(t: Texts, door: Door): Button {
  const text = t.home.door[door.to];
  switch (door.to) {
    case "connection":
      return { text, data: to("connection", door.id) };
    case "bundle":
      return { text, data: to("card", door.id) };
    case "step":
      return { text, data: to("step", door.bundle, door.step) };
    case "trigger":
      return { text, data: to("trigger", door.bundle) };
    case "run":
      return { text, data: to("runview", door.id) };
  }
}
