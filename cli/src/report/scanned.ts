import type { Code, Verdict } from "@fnseal/core";
import type { ExitCode } from "../output.ts";

/** One part of a function that was judged: code of versions, a layer, an image. */
export interface ScannedPart {
  readonly what: "code" | "layer" | "image";
  readonly versions: readonly string[];
  readonly layer: string | undefined;
  readonly codeSha256: string;
  readonly isReachable: boolean;
  readonly status: Verdict["status"];
  readonly code: Code | undefined;
  readonly reason: string | undefined;
}

/** What a function came to. `gone`: deleted while the scan went on, which is nobody's fault. */
export interface Scanned {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly status: Verdict["status"] | "gone";
  readonly code: Code | undefined;
  readonly reason: string | undefined;
  /** SHA-256 of `$LATEST`'s zip, in lower-case hexadecimal. */
  readonly codeSha256: string;
  readonly parts: readonly ScannedPart[];
  /** What it runs is what it ran when the baseline was written, so it does not count. */
  readonly isBaseline: boolean;
}

/** A region whose functions could not all be listed. */
export interface RegionFailure {
  readonly region: string;
  readonly code: Code;
  readonly message: string;
}

/** Everything that a scan found. */
export interface ScanReport {
  readonly account: string;
  readonly regions: readonly string[];
  readonly functions: readonly Scanned[];
  readonly failures: readonly RegionFailure[];
}

/** Whether a function passes, or does not count. */
export function exitOfScanned({ status, isBaseline }: Scanned): ExitCode {
  if (isBaseline) return 0;
  switch (status) {
    case "verified":
    case "exempt":
    case "gone":
      return 0;
    case "rejected":
      return 1;
    case "undecided":
      return 3;
  }
}
