import { type Artifact, createCodeStatement, type SealedConfiguration } from "@fnseal/core";
import { assertUnambiguous, digestLines } from "../artifact.ts";
import { writeToFolder } from "../bundleFiles.ts";
import type { Environment } from "../environment.ts";
import type { Registries } from "../images/registries.ts";
import { printableLine, type Result, shownPath } from "../output.ts";
import type { PlaceOptions } from "../places.ts";
import type { SignStatement } from "../signers/signer.ts";
import { describeApproval } from "../signOptions.ts";
import { VERSION } from "../version.ts";
import type { Deployed } from "./approvals.ts";
import { notSealedLines, type Plan, planLines, sealPlan } from "./sealStack.ts";

/** What is the same for all code of a stack. */
export interface StackSigning {
  /** `undefined` in a dry run. */
  readonly signStatement: SignStatement | undefined;
  readonly signedAt: Date;
  readonly expires: Date | undefined;
  /** The folder of bundles of the project. */
  readonly bundles: string;
  readonly registries: Registries;
  /** Where the bundles of images go; by default into their registry. */
  readonly options: PlaceOptions;
  readonly environment: Environment;
}

/**
 * Signs code that a stack deploys, for the functions and layers that run it.
 *
 * @param plan what their configuration is sealed with
 * @throws FnsealError
 */
export async function signDeployed(
  { code, ...about }: Deployed,
  plan: Plan | undefined,
  signing: StackSigning,
): Promise<Result> {
  const sealed = plan && (await sealPlan(plan));
  const seal: Seal = {
    configuration: sealed && Object.keys(sealed).length > 0 ? sealed : undefined,
    notSealed: plan?.open ?? [],
    lines: planLines(plan),
  };
  switch (code.kind) {
    case "archive":
      return signArtifact(code.artifact, about, seal, signing);
    case "image": {
      const { image } = code;
      const { registries, options, environment } = signing;
      // What reads registries takes a while to load, and few programs have images.
      const { signImage } = await import("../images/signImage.ts");
      const registry = await registries(image.registry);
      const signed = await signImage(
        image,
        { ...signing, ...about.approval, configuration: seal.configuration },
        { registry, options, environment },
      );
      const json = { source: about.source, ...signed.json, notSealed: seal.notSealed };
      return { ...signed, json, text: [signed.text, ...notSealedLines(plan)].join("\n") };
    }
  }
}

/** What the configuration of functions is sealed to. */
interface Seal {
  readonly configuration: SealedConfiguration | undefined;
  readonly notSealed: readonly string[];
  readonly lines: readonly string[];
}

async function signArtifact(
  artifact: Artifact,
  { source, approval }: Omit<Deployed, "code" | "sealable">,
  { configuration, notSealed, lines: sealLines }: Seal,
  { signStatement, signedAt, expires, bundles, environment }: StackSigning,
): Promise<Result> {
  assertUnambiguous(artifact, source);
  const { digests, shape } = artifact;
  const about = { digests, ...approval, signedAt, ...(expires && { expires }), configuration };
  const statement = createCodeStatement({ ...about, name: source, generator: `fnseal/${VERSION}` });
  const shown = {
    ...{ source, shape, ...about, expires: expires ?? null, configuration: configuration ?? null },
    notSealed,
  };
  const lines = [
    ...digestLines(artifact),
    `  for: ${describeApproval(approval)}${expires ? `, until ${expires.toISOString()}` : ""}`,
    ...sealLines,
  ];
  if (!signStatement) {
    return {
      exit: 0,
      json: { status: "dry-run", ...shown, statement: JSON.parse(statement) as unknown },
      text: [`${printableLine(source)} would be signed as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const { files } = writeToFolder(bundles, { text, digests, about: approval, signer });
  return {
    exit: 0,
    json: { status: "signed", ...shown, signer: signer.json, files },
    text: [
      `${printableLine(source)} is signed as ${shape} by ${signer.name}`,
      ...lines,
      ...files.map((file) => `  written: ${shownPath(environment.cwd, file)}`),
    ].join("\n"),
  };
}
