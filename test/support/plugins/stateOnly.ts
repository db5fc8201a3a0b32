import type { Backend, CheckRequest } from "./backend.ts";
import { checkInputs, missing } from "./check.ts";
import { ACCOUNT } from "./definition.ts";
import type { Place, ProviderDefinition, ResourceType } from "./definition.ts";
import { differenceOf } from "./diff.ts";
import { text, UNKNOWN, withoutInternal } from "./wire.ts";
import type { WireMap } from "./wire.ts";

/** Keeps everything in Pulumi's state and calls nothing. */
export function stateOnly(definition: ProviderDefinition, configured: WireMap): Backend {
  let sequence = 0;
  const typeOf = (type: string): ResourceType => definition.types[type] ?? definition.other;
  const place = (inputs: WireMap): Place => ({
    account: ACCOUNT,
    region: text(inputs["region"]) ?? text(configured["region"]) ?? "us-east-1",
    sequence: ++sequence,
  });
  /** The state after a change: the inputs, and what AWS would add. */
  const stateOf = (type: string, inputs: WireMap): WireMap => ({
    ...typeOf(type).outputs(inputs, place(inputs)),
    ...withoutInternal(inputs),
  });

  return {
    check: ({ type, name, seed, olds, news }: CheckRequest) => {
      const region = definition.setsRegion ? text(configured["region"]) : undefined;
      const inputs = checkInputs(typeOf(type), { name, seed, olds, news, region });
      return { inputs, missing: missing(typeOf(type), news) };
    },
    diff: ({ type, oldInputs, inputs }) => differenceOf(typeOf(type), oldInputs, inputs),
    preview: ({ type, inputs }) => {
      const outputs = Object.keys(typeOf(type).outputs(inputs, place(inputs)));
      return { ...Object.fromEntries(outputs.map((key) => [key, UNKNOWN])), ...withoutInternal(inputs) };
    },
    create: ({ type, inputs }) =>
      Promise.resolve({ id: typeOf(type).id(inputs), state: stateOf(type, inputs) }),
    update: ({ type, inputs }) => Promise.resolve(stateOf(type, inputs)),
    delete: () => Promise.resolve(),
    read: ({ id, state, oldInputs }) => Promise.resolve({ id, state, inputs: oldInputs }),
    invoke: (token, args) => {
      const answer = definition.invokes[token];
      if (answer === undefined) throw new Error(`the stand-in ${definition.name} has no ${token}`);
      return Promise.resolve(answer(args, place(args)));
    },
  };
}
