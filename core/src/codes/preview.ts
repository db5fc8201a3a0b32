import type { CodeTable } from "./table.ts";

/** Codes of the policy pack: about what a program asks for, and what the engine says of it. */
export const PREVIEW_CODES = {
  "engine-hash-mismatch": {
    outcome: "rejected",
    title: "The hash that the engine was given for the code is not that of the files",
    remedy:
      "Remove whatever sets `hash` on the archive in the program, or stop what changes the files during the run.",
  },
  "engine-hash-missing": {
    outcome: "undecided",
    title: "The engine sent no hash for the code, so that the files that were read cannot be confirmed",
    remedy: "Update the Pulumi CLI.",
  },
  "engine-entries-hidden": {
    outcome: "undecided",
    title: "The engine did not show every entry of an AssetArchive",
    remedy: "Update the Pulumi CLI, or deploy a FileArchive: its files are read by themselves.",
  },
  "engine-cache-poisoned": {
    outcome: "rejected",
    title:
      "A `pulumi-asset-…` file in the temporary folder is not what its name says, and would be deployed instead",
    remedy: "Delete that file, and find out who wrote it.",
  },
  "kept-code-unproved": {
    outcome: "undecided",
    title: "The resource ignores changes of its code, and its files are no longer those that were deployed",
    remedy:
      "Restore the files that were deployed, or set `trustEngineHash` of `fnseal-config`. A preview can tell that the code is deployed already, an update cannot: it would have to believe the program.",
  },
  "program-folder-unknown": {
    outcome: "undecided",
    title: "The program's folder was not found, so that its files could not be read",
    remedy:
      "Set `programFolder` of `fnseal-config`, or FNSEAL_PROGRAM_FOLDER, to the folder that the program's paths start from.",
  },
  "program-folder-ambiguous": {
    outcome: "undecided",
    title: "Several folders may be the program's, and their files differ",
    remedy:
      "Set `programFolder` of `fnseal-config`, or FNSEAL_PROGRAM_FOLDER, to the folder that the program's paths start from.",
  },
  "resource-unread": {
    outcome: "undecided",
    title: "The resource did not pass through fnseal's reader",
    remedy:
      "Require `@pulumi/policy` before you copy or spread fnseal's rules, and make the PolicyPack after both.",
  },
  "code-unknown": {
    outcome: "undecided",
    title: "The code is not known yet",
    remedy:
      "It is decided by `pulumi up`, before the resource is created. `onUnknown: reject` rejects it at preview.",
  },
  "name-unknown": {
    outcome: "undecided",
    title: "The name, region or account on which the verdict depends is not known yet",
    remedy:
      "It is decided by `pulumi up`, before the resource is created. `onUnknown: reject` rejects it at preview.",
  },
  "code-missing": {
    outcome: "undecided",
    title: "The resource names no code",
    remedy: "Give it code, an S3 object or an image.",
  },
  "code-ambiguous": {
    outcome: "rejected",
    title: "The resource names its code in more than one way",
    remedy: "Name it in one way.",
  },
  "s3-unread": {
    outcome: "undecided",
    title: "Code in S3 that this program does not upload was not read",
    remedy:
      "Upload it in the same program, give the function an archive, or pin the object's version and set `readS3Code` of fnseal-config.",
  },
  "s3-version-unproved": {
    outcome: "rejected",
    title: "The S3 version that the resource names is not the one that the program uploads",
    remedy: "Use the object's own `versionId`: `s3ObjectVersion: object.versionId`.",
  },
  "s3-not-pinned": {
    outcome: "rejected",
    title: "An S3 source names no version, so that what runs can change without a trace",
    remedy: "Turn on the bucket's versioning and set `s3ObjectVersion: object.versionId`.",
  },
  "image-not-pinned": {
    outcome: "rejected",
    title: "An image is named by tag, so that what runs can change without a trace",
    remedy: "Name it by digest: `repository@sha256:…`.",
  },
  "layer-not-trusted": {
    outcome: "undecided",
    title: "A function's layer is neither published by this program nor named in the trust policy",
    remedy:
      "Name it under `trustedLayers` with its account; or publish it, signed, in the same program and use its `arn`; or have it read and judged: `readLayers` of fnseal-config.",
  },
  "inline-runtime-unknown": {
    outcome: "undecided",
    title: "Inline code becomes a file whose name depends on a runtime that is not known",
    remedy: "Set `runtime` to a Node.js or Python runtime.",
  },
} as const satisfies CodeTable;
