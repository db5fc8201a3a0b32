import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCosign } from "../scripts/tools/cosign.ts";
import { ensureSigstore } from "../scripts/tools/sigstore.ts";
import { type Sigstore, startSigstore } from "../test/support/sigstore.ts";
import { fnseal, inTurn, run, timeRow } from "./command.ts";
import { median, type Row } from "./row.ts";
import { zipOf } from "./zipOf.ts";

const ROUNDS = 15;
const MEGABYTES = 50;
const CI = "ci@example.com";

/** `fnseal verify` of keyless signatures against `cosign verify-blob`, in turn, with the same trusted root and identity. */
export async function benchKeylessCli(): Promise<Row[]> {
  const cosign = await ensureCosign();
  await ensureSigstore();
  const sigstore = await startSigstore();
  const folder = mkdtempSync(join(tmpdir(), "fnseal-bench-"));
  try {
    prepare(folder, sigstore);
    return [
      ...(await compare("large.zip", `a keyless ${MEGABYTES} MB zip`, { cosign, folder, sigstore })),
      ...(await compare("small.zip", "a keyless zip of 1 kB", { cosign, folder, sigstore })),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await sigstore.stop();
  }
}

function prepare(folder: string, { trustedRoot, signingConfig, issuer }: Sigstore): void {
  const write = (name: string, data: string | Buffer): void => writeFileSync(join(folder, name), data);
  write("large.zip", zipOf({ "index.js": randomBytes(MEGABYTES * 1_000_000) }));
  write("small.zip", zipOf({ "index.js": randomBytes(900) }));
  write("root.json", JSON.stringify(trustedRoot));
  write("signing-config.json", JSON.stringify(signingConfig));
  write(
    "trust-policy.yaml",
    `version: 1
authorities:
  ci:
    keyless:
      issuer: ${issuer.url}
      subject: ${CI}
rules:
  - signedBy: ci
    accept: [fnseal, message-signature]
trustedRoot: root.json
`,
  );
}

interface Place {
  readonly cosign: string;
  readonly folder: string;
  readonly sigstore: Sigstore;
}

async function compare(file: string, what: string, { cosign, folder, sigstore }: Place): Promise<Row[]> {
  writeFileSync(join(folder, "token"), sigstore.issuer.token(CI));
  const services = ["--signing-config", "signing-config.json"];
  await run(fnseal("sign", file, "--keyless", ...services, "--identity-token-file", "token"), folder);
  const theirBundle = `${file}.cosign.json`;
  await run(
    [
      ...[cosign, "sign-blob", "--yes", "--identity-token", "token", ...services, "--bundle", theirBundle],
      ...["--trusted-root", "root.json", "--insecure-skip-verify", file],
    ],
    folder,
  );
  const verify = ["verify", file, "--trust-policy", "trust-policy.yaml"];
  const runs = await inTurn(
    {
      bare: [process.execPath, "-e", "0"],
      ours: fnseal(...verify),
      same: fnseal(...verify, "--bundle", theirBundle),
      theirs: [
        ...[cosign, "verify-blob", "--bundle", theirBundle, "--trusted-root", "root.json"],
        ...["--certificate-identity", CI, "--certificate-oidc-issuer", sigstore.issuer.url],
        ...["--insecure-ignore-sct", "--use-signed-timestamps", file],
      ],
    },
    folder,
    ROUNDS,
  );
  const bare = median(runs.map((sample) => sample.bare.wall)).toFixed(0);
  return [
    timeRow(
      `fnseal verify of ${what} (Node.js alone starts in ${bare} ms)`,
      runs.map(({ ours: a, theirs: b }) => [a.wall, b.wall]),
    ),
    timeRow(
      `fnseal verify of ${what}, signed by cosign`,
      runs.map(({ same: a, theirs: b }) => [a.wall, b.wall]),
    ),
  ];
}
