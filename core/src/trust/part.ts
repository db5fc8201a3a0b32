import * as z from "zod";
import { lazy } from "../lazy.ts";

/**
 * A part that is built when a document first has it: building the whole schema takes longer than checking a usual
 * document by it.
 */
export function part<T extends z.ZodType>(make: () => T): () => z.ZodLazy<T> {
  return lazy(() => z.lazy(make));
}
