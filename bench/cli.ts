import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCosign } from "../scripts/tools/cosign.ts";
import { fnseal, inTurn, run, timeRow } from "./command.ts";
import type { Row } from "./row.ts";
import { zipOf } from "./zipOf.ts";

const ROUNDS = 9;
const MEGABYTES = 50;

/** `fnseal verify` of a 50 MB zip against `cosign verify-blob` of the same one, in turn. */
export async function benchCli(): Promise<Row[]> {
  const cosign = await ensureCosign();
  const folder = mkdtempSync(join(tmpdir(), "fnseal-bench-"));
  try {
    await prepare(folder, cosign);
    const commands = {
      ours: fnseal("verify", "app.zip", "--key", "fnseal.pub"),
      byPolicy: fnseal("verify", "app.zip", "--trust-policy", "trust-policy.yaml"),
      theirs: [
        ...[cosign, "verify-blob", "--key", "fnseal.pub", "--bundle", "app.cosign.json"],
        ...["--insecure-ignore-tlog=true", "app.zip"],
      ],
    };
    const runs = await inTurn(commands, folder, ROUNDS);
    const peak = Math.max(...runs.map((run) => run.ours.peak));
    const theirPeak = Math.max(...runs.map((run) => run.theirs.peak));
    return [
      timeRow(
        `fnseal verify --key of a ${MEGABYTES} MB zip`,
        runs.map(({ ours: a, theirs: b }) => [a.wall, b.wall]),
      ),
      timeRow(
        `fnseal verify --trust-policy of a ${MEGABYTES} MB zip`,
        runs.map(({ byPolicy: a, theirs: b }) => [a.wall, b.wall]),
      ),
      {
        name: `fnseal verify of a ${MEGABYTES} MB zip: memory`,
        measured: `${peak.toFixed(0)} MB against ${theirPeak.toFixed(0)} MB`,
        target: "no larger than cosign verify-blob",
        isMet: peak <= theirPeak,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(folder: string, cosign: string): Promise<void> {
  writeFileSync(join(folder, "app.zip"), zipOf({ "index.js": randomBytes(MEGABYTES * 1_000_000) }));
  writeFileSync(
    join(folder, "trust-policy.yaml"),
    "version: 1\nauthorities:\n  ci: { key: fnseal.pub }\nrules:\n  - signedBy: ci\n",
  );
  await run(fnseal("keygen"), folder);
  await run(fnseal("sign", "app.zip", "--key", "fnseal.key"), folder);
  await run(
    [
      ...[cosign, "sign-blob", "--yes", "--key", "fnseal.key", "--tlog-upload=false"],
      ...["--use-signing-config=false", "--bundle", "app.cosign.json", "app.zip"],
    ],
    folder,
  );
}
