import type { Scanned, ScanReport } from "../../src/report/scanned.ts";

const ACCOUNT = "123456789012";
export const CODE_A = "a".repeat(64);
export const CODE_B = "b".repeat(64);

/** A function as a scan finds it; verified where nothing else is said. */
export function scanned(name: string, more: Partial<Scanned> = {}): Scanned {
  const region = more.region ?? "us-east-1";
  return {
    arn: `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}`,
    account: ACCOUNT,
    region,
    name,
    status: "verified",
    code: undefined,
    reason: undefined,
    codeSha256: CODE_A,
    parts: [],
    isBaseline: false,
    ...more,
  };
}

export function rejected(name: string, more: Partial<Scanned> = {}): Scanned {
  return scanned(name, {
    status: "rejected",
    code: "bundle-not-found",
    reason: "no bundle was found",
    ...more,
  });
}

export function undecided(name: string, more: Partial<Scanned> = {}): Scanned {
  return scanned(name, {
    status: "undecided",
    code: "code-unreadable",
    reason: "lambda:GetFunction is denied",
    ...more,
  });
}

export function report(functions: readonly Scanned[], failures: ScanReport["failures"] = []): ScanReport {
  return { account: ACCOUNT, regions: ["us-east-1"], functions, failures };
}
