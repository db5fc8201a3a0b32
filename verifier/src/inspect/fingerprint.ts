import type { FunctionFacts, VersionFacts } from "../model/facts.ts";
import type { Seal } from "../ports.ts";
import { canonical } from "../canonical.ts";
import type { Survey } from "./survey.ts";

/** Goes into what is hashed: another form of it is another text. */
const FORM = "fnseal function fingerprint 1";

/**
 * What runs in a function and how it is reached, as a keyed hash: keyed because the values of environment variables
 * are in it, which could be guessed from a plain one. It changes with code, layers, configuration and routing of what
 * is reachable, and not with tags, concurrency, state or dates, which the verifier changes itself or AWS does.
 *
 * @returns 64 characters of lower-case hexadecimal
 */
export function fingerprintOf(
  facts: FunctionFacts,
  { reach, aliases, versions }: Pick<Survey, "reach" | "aliases" | "versions">,
  seal: Seal,
): Promise<string> {
  const reachable = [facts, ...versions].filter(({ version }) => reach.versions.has(version));
  const routing = aliases.map(({ name, versions: routed }) => [name, [...routed].sort()] as const);
  const text = canonical({
    form: FORM,
    arn: facts.arn,
    versions: Object.fromEntries(reachable.map((version) => [version.version, contentOf(version)])),
    routing: Object.fromEntries(routing),
  });
  return seal.mac(text);
}

function contentOf({ codeSha256, packageType, layers, configuration }: VersionFacts): unknown {
  // The order of layers counts: later ones write over files of earlier ones.
  return { codeSha256, packageType, layers: layers.map(({ arn }) => arn), configuration };
}
