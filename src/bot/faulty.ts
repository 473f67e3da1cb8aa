/** Which field a failure is about, by the name that it has in the mapping. */
import { type Engine, type Failure, type Locale, type Scope, UserError } from "../engine/index.ts";

interface Place {
  readonly bundle: string | null;
  readonly step: string | null;
  readonly failure: Pick<Failure, "class" | "field">;
}

/** Null where the failure names no field, or the step has it no longer. */
export async function faultyField(
  engine: Pick<Engine, "bundles">,
  scope: Scope,
  locale: Locale,
  { bundle, step, failure }: Place,
): Promise<string | null> {
  if (failure.class !== "data" || failure.field === undefined || bundle === null || step === null) return null;
  try {
    const lines = await engine.bundles.mapping(scope, bundle, step);
    return lines.find(({ field }) => field.key === failure.field)?.field.label[locale] ?? null;
  } catch (error) {
    // Its name is a courtesy: an account that can't be asked must not keep the card back.
    if (error instanceof UserError) return null;
    throw error;
  }
}
