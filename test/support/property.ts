/**
 * fast-check as our tests use it: with a new seed at every run, printed where a property fails. On CI the seed is fixed,
 * so that one commit is judged alike twice; PROPERTY_SEED repeats any.
 */
import fc from "fast-check";

const seed = process.env.PROPERTY_SEED ?? (process.env.CI ? "1" : undefined);
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });

export default fc;
