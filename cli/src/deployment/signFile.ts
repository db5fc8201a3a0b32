import { basename, resolve } from "node:path";
import { createFileStatement, FILE_PREDICATE_TYPE, filePattern } from "@fnseal/core";
import { assertUnambiguous, digestLines, readDeployed } from "../artifact.ts";
import type { Environment } from "../environment.ts";
import type { Result } from "../output.ts";
import type { PlaceOptions } from "../places.ts";
import { signAndWrite } from "../signAndWrite.ts";
import type { Signing } from "../signing.ts";
import { assertPatterns } from "../signOptions.ts";
import { VERSION } from "../version.ts";
import { namesIn, type KindOptions } from "./kind.ts";
import { untilOf } from "./until.ts";

/** Signs a file or folder that is deployed as it is. @throws FnsealError `usage-invalid`, and as `digestDeployed` does */
export async function signFile(
  path: string,
  { signStatement, signedAt, expires }: Signing,
  options: PlaceOptions & KindOptions,
  environment: Environment,
): Promise<Result> {
  const given = namesIn(options.file);
  assertPatterns(given, "--file", filePattern());
  const names = given.length > 0 ? given : ["*"];
  const artifact = await readDeployed(environment, path);
  assertUnambiguous(artifact, path);
  const beside = resolve(environment.cwd, path);
  const { digests, shape } = artifact;
  const limits = { signedAt: signedAt.toISOString(), ...(expires && { expires: expires.toISOString() }) };
  const predicate = { files: [...names], ...limits, generator: `fnseal/${VERSION}` };
  const what = shape === "folder" ? "deployment folder" : "deployment file";
  return signAndWrite(
    {
      ...{ path, beside, digests, shape: what },
      statement: createFileStatement({ name: basename(beside), digests }, predicate),
      about: { predicateType: FILE_PREDICATE_TYPE, names },
      shown: { shape, digests, kind: "file", names, signedAt, expires: expires ?? null },
      lines: [...digestLines(artifact), `  for: files ${names.join(", ")}${untilOf(expires)}`],
    },
    signStatement,
    options,
    environment,
  );
}
