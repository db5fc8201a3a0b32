import * as z from "zod";
import { lazy } from "../lazy.ts";
import { selectionPattern } from "../statement/deployment.ts";
import { CODE_PREDICATE_TYPE, isOwnPredicateType } from "../statement/types.ts";

/** `allowedExclusions` of a rule. */
export const allowedExclusions = lazy(() =>
  z
    .array(selectionPattern())
    .max(50)
    .describe(
      "What the signature of a program may leave out besides node_modules and the like: the same patterns, letter for letter, as the option `--exclude` of `fnseal sign` was given. Code that a program loads from there is not checked.",
    ),
);

/**
 * A predicate type of others, for `accept`. fnseal's own are no matter of choice: a signed template must never approve
 * a function.
 */
export const otherType = lazy(() =>
  z.url().refine((type) => type === CODE_PREDICATE_TYPE || !isOwnPredicateType(type), {
    message: "is one of fnseal's own types: `fnseal` stands for the one that fits",
  }),
);
