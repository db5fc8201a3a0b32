import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { type DigestSet, digestPath } from "@fnseal/core";
import { atMost } from "../../../verifier/src/atMost.ts";
import type { FunctionRecord } from "../../../verifier/src/model/record.ts";
import { recordKey } from "../../../verifier/src/watch/keys.ts";
import { HOME_REGION } from "../../support/emulator/clients.ts";
import { functionProcesses } from "../../support/emulator/functionProcess.ts";
import { plantCode } from "../../support/emulator/resources.ts";
import { newSigner, signDigests } from "../support/signing.ts";
import { codeOf } from "./support/functions.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

jest.setTimeout(300_000);

const MOST_MEGABYTES = 200;
let watched: Watched;
let s3: S3Client;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  watched = await newWatched({ rule: { runtime: { actions: ["detect", "notify"] } } });
  s3 = new S3Client(watched.emulator.config());
  dynamodb = new DynamoDBClient(watched.emulator.config());
});
afterAll(() => watched.remove());
afterEach(() => {
  const all = functionProcesses(watched.emulator, watched.outputs.functionName);
  expect(Math.max(...all.map((process) => process.peak()))).toBeLessThanOrEqual(MOST_MEGABYTES);
});

/** The first verdict. */
async function verdictOf(name: string): Promise<string> {
  const judged = await until(
    `a verdict of ${name}`,
    async () => (await watched.state.recordOf(name))?.judged,
  );
  return [judged.status, judged.code].filter(Boolean).join(" ");
}

async function digestsOf(code: Buffer): Promise<DigestSet> {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-forged-"));
  try {
    writeFileSync(join(folder, "code.zip"), code);
    return (await digestPath(join(folder, "code.zip"), { as: "zip" })).digests;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes to the store what whoever may write there can. */
async function store(digests: DigestSet, name: string, Body: Buffer | string): Promise<void> {
  const Key = `sha256/${digests.sha256}/${name}.sigstore.json`;
  await s3.send(new PutObjectCommand({ Bucket: watched.outputs.bucketName, Key, Body: Buffer.from(Body) }));
}

/** Little text for what it comes to in memory. @param bytes at least */
function manySignatures(bytes: number): string {
  const signatures = '{"sig":""},'.repeat(Math.ceil(bytes / 11));
  const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
  return `{"mediaType":"${mediaType}","dsseEnvelope":{"signatures":[${signatures}{}]}}`;
}

type Forge = (code: Buffer, digests: DigestSet) => Promise<Buffer | string>;

const withEmptySignature: Forge = async (_, digests) => {
  const bundle = JSON.parse(await signDigests(watched.ci, digests)) as {
    dsseEnvelope: { signatures: { sig: string }[] };
  };
  bundle.dsseEnvelope.signatures = bundle.dsseEnvelope.signatures.map((each) => ({ ...each, sig: "" }));
  return JSON.stringify(bundle);
};

const aboutAnother: Forge = async (_, digests) => {
  const bundle = JSON.parse(await signDigests(watched.ci, await digestsOf(codeOf("another")))) as {
    dsseEnvelope: { payload: string };
  };
  const payload = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
  const other = /"sha256":"([0-9a-f]{64})"/.exec(payload)?.[1] ?? "";
  bundle.dsseEnvelope.payload = Buffer.from(payload.replace(other, digests.sha256 ?? "")).toString("base64");
  return JSON.stringify(bundle);
};

const FORGERIES: readonly (readonly [string, string, Forge])[] = [
  ["a bundle without a signature", "rejected bundle-malformed", withEmptySignature],
  [
    "a bundle of a stranger's",
    "rejected signer-not-trusted",
    (_, digests) => signDigests(newSigner(), digests),
  ],
  [
    "a bundle for other code",
    "rejected bundle-other-artifact",
    async () => signDigests(watched.ci, await digestsOf(codeOf("another"))),
  ],
  ["a bundle for other code, changed to name this one", "rejected signature-invalid", aboutAnother],
  [
    "a bundle for other functions",
    "rejected function-not-covered",
    (_, digests) => signDigests(watched.ci, digests, { functions: ["payments-*"] }),
  ],
  ["garbage", "rejected bundle-not-json", async () => randomBytes(10_000)],
  ["the code itself", "rejected bundle-not-json", async (code) => code],
  ["nothing but a space", "rejected bundle-not-json", async () => " "],
  ["half a million signatures", "rejected bundle-several-signatures", async () => manySignatures(4 << 20)],
  ["100 MB", "rejected bundle-too-large", async () => Buffer.alloc(100_000_000, " ")],
];

describe("the store", () => {
  test.each(FORGERIES)("%s: %s; it does not hide the signed one", async (what, verdict, forge) => {
    const name = what.replaceAll(/[^a-z0-9]/gi, "-").slice(0, 60);
    const code = codeOf(what);
    const digests = await digestsOf(code);
    await store(digests, "forged", await forge(code, digests));
    await watched.functions.create(name, code);
    expect(await verdictOf(name)).toBe(verdict);
    await watched.functions.sign(code);
    await watched.functions.create(`${name}-2`, code);
    expect(await verdictOf(`${name}-2`)).toBe("verified");
  });

  async function flood(digests: DigestSet, count: number, text: string): Promise<void> {
    const all = Array.from({ length: count }, (_, index) => index);
    // Spaces after a JSON text are none of it.
    await atMost(16, all, (index) => store(digests, `flood-${index}`, text + " ".repeat(index)));
  }

  const ofStranger = async (digests: DigestSet): Promise<string> => signDigests(newSigner(), digests);

  test("a thousand bundles do not hide one that was there before them", async () => {
    const code = codeOf("flooded afterwards");
    await watched.functions.sign(code);
    // S3 tells the time in seconds.
    await sleep(1100);
    const digests = await digestsOf(code);
    await flood(digests, 1000, await ofStranger(digests));
    await watched.functions.create("flooded-afterwards", code);
    expect(await verdictOf("flooded-afterwards")).toBe("verified");
  });

  test("behind a thousand bundles one is not found, and that is told", async () => {
    const code = codeOf("flooded before");
    const digests = await digestsOf(code);
    await flood(digests, 1000, await ofStranger(digests));
    await sleep(1100);
    await store(digests, "signed", await signDigests(watched.ci, digests));
    await watched.functions.create("flooded-before", code);
    expect(await verdictOf("flooded-before")).toBe("rejected bundle-too-many");
    const { finding } = await watched.notices.wait(({ function: about }) => about?.name === "flooded-before");
    expect(finding.text).toContain("more than 200 bundles");
  });

  test("hundreds of megabytes of bundles are not all read", async () => {
    const code = codeOf("flooded with megabytes");
    await watched.functions.sign(code);
    await flood(await digestsOf(code), 60, manySignatures(4 << 20));
    await watched.functions.create("flooded-with-megabytes", code);
    expect(await verdictOf("flooded-with-megabytes")).toBe("verified");
  });
});

describe("tags", () => {
  test("that say verified make nothing verified, and are put right", async () => {
    const Tags = { "fnseal:status": "verified" };
    await watched.functions.create("tagged", codeOf("tagged"), { Tags });
    expect(await verdictOf("tagged")).toBe("rejected bundle-not-found");
    expect(
      await until("the true tag", async () => {
        const tags = await watched.functions.tagsOf("tagged");
        return tags["fnseal:reason"] === undefined ? undefined : tags;
      }),
    ).toEqual({ "fnseal:status": "rejected", "fnseal:reason": "bundle-not-found" });
    await watched.notices.wait(
      ({ code, function: about }) => code === "tag-forged" && about?.name === "tagged",
    );
  });
});

describe("the state table", () => {
  const forgedRecords: readonly (readonly [
    string,
    (bad: FunctionRecord, good: FunctionRecord) => unknown,
  ])[] = [
    ["verified, with a seal of zeros", (bad) => verified(bad, { seal: "0".repeat(64) })],
    ["verified, with its own seal of the rejection", (bad) => verified(bad, {})],
    ["a whole judgement copied from a signed function", (bad, good) => ({ ...bad, judged: good.judged })],
    [
      "the seal of a signed function",
      (bad, good) => verified(bad, { seal: good.judged?.seal, at: good.judged?.at }),
    ],
    ["an item that is cut off", () => '{"judged":{"status":"verified"'],
    ["an item of 300 kB that means nothing", () => "x".repeat(300_000)],
    ["a verdict that does not exist", (bad) => verified(bad, { status: "trusted" })],
  ];

  function verified(record: FunctionRecord, more: object): unknown {
    return { ...record, judged: { ...record.judged, status: "verified", code: undefined, ...more } };
  }

  async function overwrite(name: string, value: unknown): Promise<void> {
    const { partition, sort } = recordKey({ account: watched.emulator.accountId, region: HOME_REGION, name });
    const Key = { pk: { S: partition }, sk: { S: sort } };
    const TableName = watched.outputs.tableName;
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
    expect(Item?.["value"]?.S).toContain('"judged"');
    await dynamodb.send(
      new UpdateItemCommand({
        ...{ TableName, Key, UpdateExpression: "SET #v = :v", ExpressionAttributeNames: { "#v": "value" } },
        ExpressionAttributeValues: { ":v": { S: typeof value === "string" ? value : JSON.stringify(value) } },
      }),
    );
  }

  test("no item makes a sweep believe anything: each function is read and rejected", async () => {
    await watched.functions.sign(codeOf("good"));
    await watched.functions.create("good", codeOf("good"));
    await watched.functions.create("replaced", codeOf("good"));
    await atMost(4, [...forgedRecords.entries()], ([index]) =>
      watched.functions.create(`forged-${index}`, codeOf(`forged ${index}`)),
    );
    expect(await verdictOf("replaced")).toBe("verified");
    expect(await verdictOf("good")).toBe("verified");
    const good = await watched.state.recordOf("good");
    for (const [index, [, forge]] of forgedRecords.entries()) {
      expect(await verdictOf(`forged-${index}`)).toBe("rejected bundle-not-found");
      const bad = await watched.state.recordOf(`forged-${index}`);
      if (!bad || !good) throw new Error("no record");
      await overwrite(`forged-${index}`, forge(bad, good));
    }
    // No event tells of this one.
    await plantCode(watched.emulator, "replaced", codeOf("something else"));
    await watched.sweep();
    const verdicts: Record<string, string> = {};
    for (const [index, [what]] of forgedRecords.entries())
      verdicts[what] = await verdictOf(`forged-${index}`);
    expect(verdicts).toEqual(
      Object.fromEntries(forgedRecords.map(([what]) => [what, "rejected bundle-not-found"])),
    );
    expect(await verdictOf("replaced")).toBe("rejected bundle-not-found");
    expect(await verdictOf("good")).toBe("verified");
  });
});
