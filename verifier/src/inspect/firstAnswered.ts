import type { Place } from "../model/place.ts";
import type { Functions } from "../ports.ts";

/** The same functions, with the location of one's code asked for at once. It is given out once, then asked for anew. */
export function firstAnswered(functions: Functions, place: Place): Functions {
  let first: ReturnType<Functions["code"]> | undefined = functions.code(place);
  // Whoever asks gets the failure; if nobody does, it's no failure of anyone.
  first.catch(() => undefined);
  return {
    ...functions,
    code: (asked, version) => {
      if (version !== undefined || first === undefined) return functions.code(asked, version);
      const answer = first;
      first = undefined;
      return answer;
    },
  };
}
