import {
  CreateAliasCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { seeded } from "../../../../core/test/support.ts";
import { codeOf, type Functions } from "./functions.ts";

/** One function, and what it came to by its changes. */
interface Stormy {
  readonly name: string;
  /** Of its own, so that it has the same fate in each run, whatever becomes of the others. */
  readonly below: (below: number) => number;
  /** Whether what `$LATEST` runs is signed. */
  isSigned: boolean;
  /** The same of the version that its alias leads to; `undefined` where it has none. */
  isAliasSigned: boolean | undefined;
}

/** Functions that are changed at random, the same in each run, and what each of them deserves. */
export interface StormyFunctions {
  readonly names: readonly string[];
  /** Signs what is to pass. To be called first. */
  readonly sign: () => Promise<void>;
  /** Makes a function and changes it: so many events at least. */
  readonly run: (number: number, times: number) => Promise<void>;
  /** Calls that changed something. */
  readonly changes: () => number;
  /** Whether all that is reachable is signed. */
  readonly deservesToRun: (name: string) => boolean;
}

const ALIAS = "live";

export function stormyFunctions(functions: Functions, count: number, seed: number): StormyFunctions {
  const codes = ["one", "two"].flatMap((text) => [
    { isSigned: true, zip: codeOf(`signed, ${text}`) },
    { isSigned: false, zip: codeOf(`nobody's, ${text}`) },
  ]);
  const known = new Map<string, Stormy>();
  const lambda = functions.client();
  let changes = 0;

  function pick({ below }: Pick<Stormy, "below">): (typeof codes)[number] {
    const code = codes[below(codes.length)];
    if (!code) throw new Error("there is no code");
    return code;
  }

  async function publish(stormy: Stormy): Promise<void> {
    const FunctionName = stormy.name;
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }));
    const alias = { FunctionName, Name: ALIAS, FunctionVersion: Version };
    const isNew = stormy.isAliasSigned === undefined;
    await (isNew ? lambda.send(new CreateAliasCommand(alias)) : lambda.send(new UpdateAliasCommand(alias)));
    stormy.isAliasSigned = stormy.isSigned;
  }

  async function create(number: number): Promise<Stormy> {
    const below = seeded(seed + number);
    const { isSigned, zip } = pick({ below });
    const stormy: Stormy = { name: `storm-${number}`, below, isSigned, isAliasSigned: undefined };
    known.set(stormy.name, stormy);
    await functions.create(stormy.name, zip);
    return stormy;
  }

  async function change(stormy: Stormy): Promise<void> {
    const code = pick(stormy);
    const kind = stormy.below(10);
    if (kind < 7) {
      await functions.update(stormy.name, code.zip);
      stormy.isSigned = code.isSigned;
    } else if (kind < 9) {
      const Environment = { Variables: { COLOUR: `${changes}` } };
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: stormy.name, Environment }));
    } else {
      await publish(stormy);
    }
  }

  return {
    names: Array.from({ length: count }, (_, number) => `storm-${number}`),
    sign: async () => {
      for (const { zip, isSigned } of codes) if (isSigned) await functions.sign(zip);
    },
    run: async (number, times) => {
      const stormy = await create(number);
      for (changes++; --times > 0; changes++) await change(stormy);
    },
    changes: () => changes,
    deservesToRun: (name) => {
      const stormy = known.get(name);
      return stormy !== undefined && stormy.isSigned && stormy.isAliasSigned !== false;
    },
  };
}
