import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  besideOf,
  digestFolders,
  type DigestSet,
  FnsealError,
  isBundleName,
  parseBundle,
  readBundleFile,
} from "@fnseal/core";
import { reasonOf } from "./errors.ts";
import type { BundleSigner } from "./signers/signer.ts";
import { exists, type FileToWrite, writeFiles } from "./files.ts";
import type { Approval } from "./signOptions.ts";

/** A bundle to be written, and what it says. */
export interface NewBundle {
  readonly text: string;
  readonly signer: BundleSigner;
  readonly digests: DigestSet;
  readonly about: Approval | Attested | Named;
}

/** What a bundle of another type says: bundles of the same type and signer replace each other. */
export interface Attested {
  readonly predicateType: string;
  /** In the name of a file beside the artifact, as `provenance`. */
  readonly slug: string;
}

/** What a bundle over a deployment file or a program approves: bundles of other types are left alone. */
export interface Named {
  readonly predicateType: string;
  /** Of files or programs. */
  readonly names: readonly string[];
}

/** What became of it. */
export interface Written {
  readonly files: readonly string[];
  /** What an earlier bundle of the same signer in the same place was for, where that was something else. */
  readonly replaced?: Approval | Named;
}

/** What is at a path: a bundle of this signer, someone else's or no bundle at all, or nothing. */
type Existing = { readonly kind: "absent" | "other" } | { readonly kind: "own"; readonly about: About };

function lookAt(path: string, { signer, about }: NewBundle): Existing {
  if (!exists(path)) return { kind: "absent" };
  try {
    const [candidate] = readBundleFile(path);
    if (!candidate || !("bytes" in candidate)) return { kind: "other" };
    const bundle = parseBundle(candidate.bytes);
    if (!signer.isOwn(bundle) || bundle.kind !== "dsse") return { kind: "other" };
    const { code, file, program, predicateType } = bundle.statement;
    if ("predicateType" in about) {
      const names = file?.files ?? program?.programs;
      return predicateType === about.predicateType
        ? { kind: "own", about: names ? { predicateType, names } : { predicateType } }
        : { kind: "other" };
    }
    return code
      ? { kind: "own", about: { functions: code.functions, layers: code.layers } }
      : { kind: "other" };
  } catch (thrown) {
    if (thrown instanceof FnsealError) return { kind: "other" };
    throw thrown;
  }
}

type About = Approval | Named | { readonly predicateType: string };

function isSame(a: About, b: About): boolean {
  const list = (about: About): string =>
    JSON.stringify(
      "predicateType" in about
        ? [about.predicateType, ...("names" in about ? [...about.names].sort() : [])]
        : [[...about.functions].sort(), [...about.layers].sort()],
    );
  return list(a) === list(b);
}

/**
 * Writes `NAME.sigstore.json` beside the artifact. The same signer's earlier bundle is replaced; someone else's
 * stays, and this one gets the signer's id into its name.
 *
 * @throws FnsealError `file-exists`, `file-unwritable`
 */
export function writeBeside(artifact: string, bundle: NewBundle): Written {
  const { folder, name } = besideOf(artifact);
  const { id } = bundle.signer;
  const type = "slug" in bundle.about ? `.${bundle.about.slug}` : "";
  const names = ["", `.${id.slice(0, 8)}`, `.${id}`].map((part) => `${name}${type}${part}.sigstore.json`);
  for (const path of names.map((file) => join(folder, file))) {
    const existing = lookAt(path, bundle);
    if (existing.kind !== "other") return writeOne(path, bundle, existing);
  }
  throw new FnsealError("file-exists", `${names.join(", ")} are all there, and none is this signer's`);
}

/**
 * Writes to a path that was named. What is there is only replaced if it is this signer's own bundle: a slip of the
 * finger must not cost anyone a file.
 *
 * @throws FnsealError `file-exists`, `file-unwritable`
 */
export function writeNamed(path: string, bundle: NewBundle): Written {
  const existing = lookAt(path, bundle);
  if (existing.kind === "other") {
    throw new FnsealError("file-exists", `${path} exists and is not a bundle of this signer`);
  }
  return writeOne(path, bundle, existing);
}

function writeOne(path: string, bundle: NewBundle, existing: Existing): Written {
  writeFiles([{ path, content: bundle.text, replace: existing.kind === "own" }]);
  if (existing.kind !== "own" || isSame(existing.about, bundle.about)) return { files: [path] };
  const { about } = existing;
  const isTold = !("predicateType" in about) || "names" in about;
  return isTold ? { files: [path], replaced: about } : { files: [path] };
}

/**
 * Writes the bundle under each of its digests: `<algorithm>/<hex>/<SHA-256 of the bundle>.sigstore.json`. Of the same
 * signer's earlier bundles those with the very same approval go: a build that signs daily would fill the folder.
 *
 * @throws FnsealError `file-unwritable`
 */
export function writeToFolder(root: string, bundle: NewBundle): Written {
  const name = `${createHash("sha256").update(bundle.text).digest("hex")}.sigstore.json`;
  const folders = digestFolders(bundle.digests).map((place) => join(root, place));
  const files = folders.map((folder): FileToWrite => ({
    path: join(folder, name),
    content: bundle.text,
    replace: true,
    // Its name is its content's: one that is not whole is refused, and takes no other's place.
    isRepeatable: true,
  }));
  try {
    for (const { path } of files) mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new FnsealError("file-unwritable", `cannot make a folder in ${root}: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const old = folders.flatMap((folder) => supersededIn(folder, bundle));
  writeFiles(files);
  for (const path of old) rmSync(path, { force: true });
  return { files: files.map(({ path }) => path) };
}

function supersededIn(folder: string, bundle: NewBundle): string[] {
  return readdirSync(folder)
    .filter((name) => isBundleName(name) && name.endsWith(".json"))
    .map((name) => join(folder, name))
    .filter((path) => {
      const existing = lookAt(path, bundle);
      return existing.kind === "own" && isSame(existing.about, bundle.about);
    });
}
