import { builder } from "./builder.ts";
import { home } from "./home.ts";

export const ru = { home, builder };
