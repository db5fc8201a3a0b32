import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { newSigner } from "../support/signing.ts";
import { codeOf } from "./support/functions.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

jest.setTimeout(300_000);

const LIMIT = 3;
const SIGNED = Array.from({ length: 8 }, (_, index) => `signed-${index}`);

let watched: Watched;

beforeAll(async () => {
  watched = await newWatched({ args: { breaker: { blocksPerHour: LIMIT } } });
});
afterAll(() => watched.remove());

const statusOf = async (name: string): Promise<string | undefined> =>
  (await watched.state.recordOf(name))?.judged?.status;
const concurrency = (names: readonly string[]) =>
  Promise.all(names.map((name) => watched.functions.concurrencyOf(name)));
const actionsOf = async (name: string): Promise<string[]> =>
  (await watched.notices.about(name)).flatMap(({ finding }) => finding.done.map(({ action }) => action));

test("a bundle that was deleted, and a signature that has ended, are told and stop nothing", async () => {
  const { functions, emulator, outputs, notices } = watched;
  const [short, lost] = [codeOf("short"), codeOf("lost")];
  await functions.sign(lost);
  await functions.create("lost", lost);
  await until("lost is verified", async () => ((await statusOf("lost")) === "verified" ? true : undefined));
  const s3 = new S3Client(emulator.config());
  const Bucket = outputs.bucketName;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  const expires = new Date(Date.now() + 20_000);
  await functions.sign(short, { expires });
  await functions.create("short", short);
  await until("short is verified", async () => ((await statusOf("short")) === "verified" ? true : undefined));
  await until("the end of the signature", async () => (Date.now() > expires.getTime() ? true : undefined));
  // A sweep believes a sealed judgement for days; who asks gets a look. The end of a signature ends the belief.
  await watched.invoke({ function: "lost" });
  await watched.sweep();
  await notices.wait(({ function: of, code }) => of?.name === "lost" && code === "bundle-gone");
  await notices.wait(({ function: of, code }) => of?.name === "short" && code === "expired");
  await watched.queues.quiet();
  expect(await concurrency(["lost", "short"])).toEqual([undefined, undefined]);
  expect(await actionsOf("lost")).not.toContain("blocked");
  expect(await actionsOf("short")).not.toContain("blocked");
});

test("a trust policy with the wrong key stops nothing that did not change", async () => {
  const good = codeOf("good");
  await watched.functions.sign(good);
  await Promise.all(SIGNED.map((name) => watched.functions.create(name, good)));
  await until("all are verified", async () => {
    const all = await Promise.all(SIGNED.map(statusOf));
    return all.every((status) => status === "verified") ? true : undefined;
  });
  const before = (await watched.state.sweepOf())?.policyHash;
  const wrong = { authorities: { ci: { key: newSigner().publicPem } } };
  expect(await watched.setPolicy({ policy: wrong })).toMatchObject({ exitCode: 0 });
  await until("the sweep with the new trust policy", async () => {
    const sweep = await watched.state.sweepOf();
    return sweep?.policyHash !== before && sweep?.finishedAt !== undefined ? true : undefined;
  });
  await watched.queues.quiet();
  expect(await Promise.all(SIGNED.map(statusOf))).toEqual(SIGNED.map(() => "rejected"));
  expect(await concurrency(SIGNED)).toEqual(SIGNED.map(() => undefined));
});

test("then changes of more functions than the breaker allows: it holds, and says so once", async () => {
  const since = Date.now();
  await Promise.all(SIGNED.map((name) => watched.functions.update(name, codeOf(`new ${name}`))));
  await watched.notices.wait(({ kind }) => kind === "breaker", { since });
  await watched.queues.quiet();
  const blocked = (await concurrency(SIGNED)).filter((number) => number === 0);
  expect(blocked).toHaveLength(LIMIT);
  const told = (await watched.notices.all()).filter(({ finding }) => finding.kind === "breaker");
  expect(told).toHaveLength(1);
  const states = await Promise.all(SIGNED.map(async (name) => (await watched.state.recordOf(name))?.block));
  expect(states.filter((block) => block?.state === "held")).toHaveLength(SIGNED.length - LIMIT);
});

test("a trust policy that asks for blocks no more gives everybody their concurrency back before the levers go", async () => {
  const { emulator, outputs, notices, state } = watched;
  const allowed = async (): Promise<string> => {
    const iam = new IAMClient(emulator.config());
    const RoleName = outputs.roleArn.split("/").at(-1) ?? "";
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const policies = await Promise.all(
      PolicyNames.filter((name) => !name.includes("never-itself")).map((PolicyName) =>
        iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
      ),
    );
    return policies.map(({ PolicyDocument = "" }) => decodeURIComponent(PolicyDocument)).join("\n");
  };
  expect(await allowed()).toContain("lambda:PutFunctionConcurrency");
  const since = Date.now();
  const up = await watched.setPolicy({ rule: { runtime: { actions: ["detect", "notify"] } } });
  expect({ exitCode: up.exitCode, said: up.exitCode === 0 ? "" : up.stdout }).toEqual({
    exitCode: 0,
    said: "",
  });
  expect(await concurrency(SIGNED)).toEqual(SIGNED.map(() => undefined));
  const { finding } = await notices.wait(({ code }) => code === "functions-unblocked", { since });
  expect(finding.text).toContain("no rule of the trust policy asks for blocks any more");
  expect(finding.functions).toHaveLength(SIGNED.length);
  const blocks = await Promise.all(SIGNED.map(async (name) => (await state.recordOf(name))?.block));
  expect(blocks).toEqual(SIGNED.map(() => undefined));
  expect(await allowed()).not.toContain('Concurrency"');
});
