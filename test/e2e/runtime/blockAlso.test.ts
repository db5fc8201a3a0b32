import { setTimeout as sleep } from "node:timers/promises";
import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { sealConfiguration } from "@fnseal/core";
import { codeOf } from "./support/functions.ts";
import { newMacKey } from "./support/macKey.ts";
import { rolePolicyOf } from "./support/rolePolicy.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const START = codeOf("at the start");
const actions = ["detect", "notify", "block"];

/** One of each pair is blocked for what alone is no reason to block. */
const RULES = [
  {
    ...{ name: "strict", functions: ["strict-*"], signedBy: "ci" },
    runtime: { actions, blockAlso: ["undecided", "expired", "bundle-gone"] },
  },
  { name: "mild", functions: ["mild-*"], signedBy: "ci", runtime: { actions } },
  { name: "partial", functions: ["partial-*"], signedBy: "ci", runtime: { actions, blockAlso: ["expired"] } },
];
const NAMES = ["strict", "mild", "partial"] as const;

let watched: Watched;

jest.setTimeout(300_000);

/** Changes the code of a case's functions, and waits until each was told. */
async function changed(label: string, code: Buffer, expected: string): Promise<void> {
  for (const name of NAMES) await watched.functions.update(`${name}-${label}`, code);
  for (const name of NAMES) {
    const isTold = (told: { code: string; function?: { name: string } | undefined }): boolean =>
      told.code === expected && told.function?.name === `${name}-${label}`;
    await watched.notices.wait(isTold);
  }
  await watched.queues.quiet();
}

/** Functions of a case, one for each rule, with code that is fine. */
async function created(label: string, code = START): Promise<void> {
  for (const name of NAMES) {
    await watched.functions.create(`${name}-${label}`, code);
    await watched.state.wait(`${name}-${label}`, ({ judged }) => judged?.status === "verified");
  }
}

/** Reserved concurrency by rule. */
async function stopped(label: string): Promise<readonly (number | undefined)[]> {
  return Promise.all(NAMES.map((name) => watched.functions.concurrencyOf(`${name}-${label}`)));
}

beforeAll(async () => {
  watched = await newWatched({ args: { breaker: { blocksPerHour: 1000 } }, policy: { rules: RULES } });
  await watched.functions.sign(START);
});
afterAll(() => watched.remove());

test("an expired signature stops what a rule names it for, and tells of the rest", async () => {
  const code = codeOf("for a moment");
  await created("expired");
  await watched.functions.sign(code, { expires: new Date(Date.now() + 1500) });
  await sleep(1600);
  await changed("expired", code, "expired");
  expect(await stopped("expired")).toEqual([0, undefined, 0]);
});

test("a bundle that has gone stops what a rule names it for, and tells of the rest", async () => {
  const code = codeOf("approved once");
  await watched.functions.sign(code);
  await created("gone", code);
  for (const name of NAMES) {
    const since = new Date().toISOString();
    await watched.functions.update(`${name}-gone`, START);
    await watched.state.wait(`${name}-gone`, ({ readAt, judged }) => {
      return readAt >= since && judged?.status === "verified";
    });
  }
  await emptyBut(START);
  await changed("gone", code, "bundle-gone");
  expect(await stopped("gone")).toEqual([0, undefined, undefined]);
});

test("what cannot be found out stops what a rule names it for; once it can, everything goes on", async () => {
  const { emulator, functions, outputs } = watched;
  const key = await newMacKey(emulator);
  const up = await watched.setPolicy({ policy: { rules: RULES, sealKeys: [key.uri] } });
  expect(up.exitCode).toBe(0);
  await watched.sweep();
  await created("undecided");
  const code = codeOf("sealed");
  const configuration = {
    ...{ handler: "index.handler", runtime: "nodejs24.x", architectures: ["x86_64"], layers: [] },
    ...{ role: functions.roleArn, environment: {}, fileSystems: [], vpc: null, imageConfig: null },
  };
  await functions.sign(code, {
    configuration: await sealConfiguration(configuration, ["environment"], key),
  });
  const policy = await rolePolicyOf(emulator, outputs.roleArn);
  await policy.without("VerifyConfiguration", "kms:VerifyMac");
  await changed("undecided", code, "seal-unchecked");
  expect(await stopped("undecided")).toEqual([0, undefined, undefined]);
  await policy.whole();
  await watched.sweep();
  await watched.state.wait("strict-undecided", ({ judged, block }) => {
    return judged?.status === "verified" && !block;
  });
  expect(await stopped("undecided")).toEqual([undefined, undefined, undefined]);
});

/** Takes every bundle out of the store and signs one code again. */
async function emptyBut(code: Buffer): Promise<void> {
  const s3 = new S3Client(watched.emulator.config());
  const Bucket = watched.outputs.bucketName;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const Objects = Contents.map(({ Key }) => ({ Key }));
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  await watched.functions.sign(code);
}
