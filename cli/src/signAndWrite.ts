import type { DigestSet } from "@fnseal/core";
import type { NewBundle } from "./bundleFiles.ts";
import type { Environment } from "./environment.ts";
import { type Result, shownPath } from "./output.ts";
import { type PlaceOptions, writeBundle } from "./places.ts";
import { describeApproved } from "./signOptions.ts";
import type { SignStatement } from "./signers/signer.ts";

/** A statement that is ready to be signed, and how to show it. */
export interface ToSign {
  readonly path: string;
  /** Beside what the bundle goes, absolute. */
  readonly beside: string;
  readonly statement: string;
  readonly digests: DigestSet;
  readonly about: NewBundle["about"];
  /** What it is signed as, for people. */
  readonly shape: string;
  /** For the document that `--json` prints. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/**
 * Signs a statement and writes its bundle; without a signer it only says what would be signed.
 *
 * @throws FnsealError `file-exists`, `file-unwritable`, and as the signers do
 */
export async function signAndWrite(
  { path, beside, statement, digests, about, shape, shown, lines }: ToSign,
  signStatement: SignStatement | undefined,
  options: PlaceOptions,
  environment: Environment,
): Promise<Result> {
  if (!signStatement) {
    return {
      exit: 0,
      json: { path, status: "dry-run", ...shown, statement: JSON.parse(statement) as unknown },
      text: [`${path} would be signed as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const { files, replaced } = writeBundle(beside, { text, digests, about, signer }, options, environment);
  const notice = replaced ? [`  replaced the bundle that was for ${describeApproved(replaced)}`] : [];
  return {
    exit: 0,
    json: { path, status: "signed", ...shown, signer: signer.json, files, replaced: replaced ?? null },
    text: [
      `${path} is signed as ${shape} by ${signer.name}`,
      ...lines,
      ...files.map((file) => `  written: ${shownPath(environment.cwd, file)}`),
      ...notice,
    ].join("\n"),
  };
}
