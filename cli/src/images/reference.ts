import { FnsealError } from "@fnseal/core/errors";
import { resolve } from "node:path";
import { namesRegistry, parseImageReference, type PinnedImage } from "@fnseal/core/oci/reference";
import type { Environment } from "../environment.ts";
import { exists } from "../files.ts";
import type { Registries } from "./registries.ts";

/** An argument that may be an image: nothing lies at that path, and it has a digest or a tag. */
export function mayBeImage(argument: string, { cwd }: Pick<Environment, "cwd">): boolean {
  return /[@:]/.test(argument) && !exists(resolve(cwd, argument));
}

/**
 * Reads an argument that {@link mayBeImage}.
 *
 * @returns `undefined` where it is a path all the same
 * @throws FnsealError `image-reference-invalid`; `image-tag-refused` with the digest that the tag has at present
 */
export async function toPinnedImage(
  argument: string,
  registryOf: Registries,
): Promise<PinnedImage | undefined> {
  const reference = parseImageReference(argument);
  if (!reference) {
    if (!argument.includes("@sha256:")) return undefined;
    throw new FnsealError(
      "image-reference-invalid",
      `${JSON.stringify(argument)} is no reference to an image`,
    );
  }
  const { registry, name, tag, sha256 } = reference;
  if (sha256 !== undefined) return { registry, name, sha256 };
  if (tag === undefined || !namesRegistry(argument)) return undefined;
  const present = await (await registryOf(registry)).manifest(reference, tag).then(
    (manifest) => `; at present it is ${registry}/${name}@sha256:${manifest.sha256}`,
    (thrown: unknown) => {
      if (thrown instanceof FnsealError) return "";
      throw thrown;
    },
  );
  throw new FnsealError("image-tag-refused", `${argument} names a tag, which can move${present}`);
}
