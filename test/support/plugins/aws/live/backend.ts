import type { Backend, ChangeRequest } from "../../backend.ts";
import { checkInputs, missing } from "../../check.ts";
import { differenceOf } from "../../diff.ts";
import { text, UNKNOWN, withoutInternal } from "../../wire.ts";
import type { Wire, WireMap } from "../../wire.ts";
import { found, ifAny, isGone } from "./errors.ts";
import { invoke } from "./invokes.ts";
import { hasOwnName, rulesOf } from "./rules.ts";
import { isLive, placesOf } from "./places.ts";
import { typeOf } from "./registry.ts";
import type { AnyType, At } from "./type.ts";
import { covers, isSame, plainOf, settle, toWire } from "./values.ts";

/** The cloud behind `AWS_ENDPOINT_URL` or the provider's `endpoints`, where either is given. */
export function liveAws(configured: WireMap): Promise<Backend | undefined> {
  return Promise.resolve(isLive(configured) ? backendOf(configured) : undefined);
}

function backendOf(configured: WireMap): Backend {
  const placeOf = placesOf(configured);
  const at = (map: WireMap): At => placeOf(text(map["region"]));
  /** The state as AWS tells it, on top of what only Pulumi knows. */
  const stateOf = async (type: AnyType, id: string, inputs: WireMap): Promise<WireMap> => {
    const actual = await type.read(id, at(inputs), fieldsOf(inputs));
    return {
      ...merged(withoutInternal(inputs), actual),
      ...(type.global ? {} : { region: at(inputs).region }),
    };
  };

  return {
    check: async ({ type: token, name, seed, olds, news }) => {
      const type = await typeOf(token);
      const region = type.global === true ? undefined : text(configured["region"]);
      const checked = checkInputs(rulesOf(type), { name, seed, olds, news, region });
      return { inputs: checked, missing: missing(rulesOf(type), news) };
    },
    diff: async ({ type: token, oldInputs, inputs }) => {
      const type = await typeOf(token);
      const { changed, replaces } = differenceOf(rulesOf(type), oldInputs, inputs);
      const same = (key: string): boolean => isSame(plainOf(oldInputs[key]), plainOf(inputs[key]));
      const real = changed.filter((key) => !same(key));
      const forced = type.update === undefined ? real : real.filter((key) => replaces.includes(key));
      return { changed: real, replaces: forced, deleteBeforeReplace: hasOwnName(type, oldInputs, inputs) };
    },
    preview: async ({ type: token, inputs, state, oldInputs = {} }) => {
      const type = await typeOf(token);
      const own = withoutInternal(inputs);
      if (state === undefined) return { ...unknown(type.computed ?? []), ...own };
      const { changed } = differenceOf(rulesOf(type), oldInputs, inputs);
      const kept = Object.entries(state).filter(([key]) => oldInputs[key] === undefined);
      return {
        ...Object.fromEntries(kept),
        ...unknown(type.volatile?.(changed, fieldsOf(inputs)) ?? []),
        ...own,
      };
    },
    create: async ({ type: token, inputs }) => {
      const type = await typeOf(token);
      const id = await type.create(fieldsOf(inputs), at(inputs));
      return { id, state: await stateOf(type, id, inputs) };
    },
    update: async ({ type: token, id, inputs, state }: ChangeRequest) => {
      const type = await typeOf(token);
      await found(type.update, "update")(id, fieldsOf(inputs), at(inputs), fieldsOf(state));
      return stateOf(type, id, inputs);
    },
    delete: async ({ type: token, id, state }) => {
      const type = await typeOf(token);
      const fields = fieldsOf(state);
      if (fields["skipDestroy"] !== true) await ifAny(type.delete(id, at(state), fields));
    },
    read: async ({ type: token, id, state, oldInputs }) => {
      const type = await typeOf(token);
      try {
        const actual = await type.read(id, at(state), fieldsOf(state));
        const inputs = drifted(type, oldInputs, actual);
        const region: WireMap = type.global === true ? {} : { region: at(state).region };
        return { id, inputs, state: { ...merged(state, actual), ...region } };
      } catch (cause) {
        if (isGone(cause)) return undefined;
        throw cause;
      }
    },
    invoke: (token, args) => invoke(token, plainOf(args) as Record<string, unknown>, at(args)),
  };
}

/** The properties as plain values. */
function fieldsOf(map: WireMap): Record<string, unknown> {
  return plainOf(withoutInternal(map)) as Record<string, unknown>;
}

function unknown(keys: readonly string[]): WireMap {
  return Object.fromEntries(keys.map((key) => [key, UNKNOWN]));
}

function present(map: Readonly<Record<string, Wire | undefined>>): WireMap {
  return Object.fromEntries(
    Object.entries(map).filter((pair): pair is [string, Wire] => pair[1] !== undefined),
  );
}

/** What AWS says, over what it says nothing of. */
function merged(own: WireMap, actual: Readonly<Record<string, unknown>>): WireMap {
  const told = Object.entries(actual).map(([key, value]) => [key, settle(own[key], value, key)] as const);
  return present({ ...own, ...Object.fromEntries(told) });
}

/** The inputs with what was changed behind Pulumi's back, so that the next update sets it right. */
function drifted(type: AnyType, inputs: WireMap, actual: Readonly<Record<string, unknown>>): WireMap {
  const result: Record<string, Wire | undefined> = { ...inputs };
  const defaults = type.defaults ?? {};
  for (const [key, value] of Object.entries(actual)) {
    if (inputs[key] === undefined && !(key in defaults)) continue;
    const wanted = inputs[key] === undefined ? defaults[key] : plainOf(inputs[key]);
    if (covers(wanted, value, key)) continue;
    result[key] = settle(inputs[key], value, key) ?? toWire(defaults[key]);
  }
  return present(result);
}
