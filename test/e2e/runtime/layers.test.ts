import type { LambdaClient } from "@aws-sdk/client-lambda";
import {
  AddLayerVersionPermissionCommand,
  DeleteLayerVersionCommand,
  PublishLayerVersionCommand,
  RemoveLayerVersionPermissionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { sealConfiguration } from "@fnseal/core";
import { createHash } from "node:crypto";
import type { Finding } from "../../../verifier/src/model/finding.ts";
import { codeOf } from "./support/functions.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const VENDOR = "998877665544";
const ATTACKER = "666666666666";
const CODE = codeOf("plain");
const SEALED = codeOf("sealed with a layer");
const GOOD = codeOf("a signed layer");
const BAD = codeOf("a layer that nobody signed");
/** What a pattern trusts: not signed, and not read. */
const TRUSTED = codeOf("a vendor's layer");

type Wanted = Pick<Finding, "status"> & Partial<Pick<Finding, "code">>;

let watched: Watched;
let own: string;

jest.setTimeout(300_000);

/** The root of another account: the emulator takes an account's number for an access key. */
const clientOf = (account: string): LambdaClient =>
  watched.functions.client({ credentials: { accessKeyId: account, secretAccessKey: "test" } });

const permission = (LayerName: string) => ({ LayerName, VersionNumber: 1, StatementId: "all" });

/** Publishes a layer that every account may read. */
async function publish(account: string | undefined, LayerName: string, ZipFile: Buffer): Promise<string> {
  const client = account === undefined ? watched.functions.client() : clientOf(account);
  const { LayerVersionArn = "" } = await client.send(
    new PublishLayerVersionCommand({ LayerName, Content: { ZipFile } }),
  );
  if (account !== undefined) {
    const Action = "lambda:GetLayerVersion";
    await client.send(
      new AddLayerVersionPermissionCommand({ ...permission(LayerName), Action, Principal: "*" }),
    );
  }
  return LayerVersionArn;
}

/** Gives a function these layers, and waits for what is told or remembered of it. */
async function uses(FunctionName: string, Layers: readonly string[], wanted: Wanted): Promise<string> {
  const since = new Date().toISOString();
  await watched.functions
    .client()
    .send(new UpdateFunctionConfigurationCommand({ FunctionName, Layers: [...Layers] }));
  const { reason = "", judged } = await watched.state.wait(
    FunctionName,
    ({ readAt, judged: present }) => readAt >= since && present?.status === wanted.status,
  );
  expect(judged?.code).toBe(wanted.code);
  return reason;
}

beforeAll(async () => {
  watched = await newWatched({
    args: { breaker: { blocksPerHour: 1000 } },
    policy: {
      trustedLayers: [
        { arn: `arn:aws:lambda:*:${VENDOR}:layer:Powertools*:*` },
        { arn: "arn:aws:lambda:*:123456789012:layer:trusted:*" },
      ],
    },
  });
  const { functions } = watched;
  for (const code of [CODE, GOOD]) await functions.sign(code);
  const digest = { sha256: createHash("sha256").update(GOOD).digest("hex") };
  const configuration = {
    ...{ handler: null, runtime: null, architectures: [], layers: [undefined], role: null, environment: {} },
    ...{ fileSystems: [], vpc: null, imageConfig: null },
  };
  const sealed = await sealConfiguration(configuration, ["layers"], undefined, [digest]);
  await functions.sign(SEALED, { configuration: sealed });
  own = await publish(undefined, "own", GOOD);
  for (const name of ["plain", "moving"]) await functions.create(name, CODE);
  await functions.create("sealed", SEALED, { Layers: [own] });
  await watched.state.wait("sealed", ({ judged }) => judged?.status === "verified");
});
afterAll(() => watched.remove());

describe("layers of another account, under a verifier that the component installed", () => {
  test("are verified where they can be read and are signed", async () => {
    await uses("plain", [await publish(VENDOR, "signed", GOOD)], { status: "verified" });
  });

  test("are rejected where they can be read and nobody signed them", async () => {
    const arn = await publish(VENDOR, "unsigned", BAD);
    await uses("plain", [arn], { status: "rejected", code: "bundle-not-found" });
    await uses("plain", [], { status: "verified" });
  });

  test("are undecided once the other account takes the permission back", async () => {
    const arn = await publish(VENDOR, "withdrawn", GOOD);
    await uses("moving", [arn], { status: "verified" });
    await clientOf(VENDOR).send(new RemoveLayerVersionPermissionCommand(permission("withdrawn")));
    const answer = await watched.invoke({ function: "moving" });
    expect(answer).toMatchObject({
      status: "undecided",
      code: "layer-unreadable",
      text: expect.stringContaining("lambda:GetLayerVersion") as string,
    });
    await uses("moving", [], { status: "verified" });
  });
});

describe("layers that a pattern trusts", () => {
  test("pass, and are not read", async () => {
    const arn = await publish(VENDOR, "PowertoolsV3", TRUSTED);
    await uses("plain", [arn], { status: "verified" });
  });

  test.each([
    ["of another account", () => publish(ATTACKER, "PowertoolsV3", TRUSTED)],
    ["with another name", () => publish(VENDOR, "xPowertoolsV3", TRUSTED)],
    ["with a name in another case", () => publish(VENDOR, "powertoolsV3", TRUSTED)],
    ["in the own account", () => publish(undefined, "PowertoolsV3", TRUSTED)],
  ])("have look-alikes, which are rejected: %s", async (_what, published) => {
    await uses("plain", [await published()], { status: "rejected", code: "bundle-not-found" });
    await uses("plain", [], { status: "verified" });
  });
});

describe("layers that are sealed by what they hold", () => {
  const isAbout = (status: Finding["status"]) => (told: Finding) =>
    told.kind === "function" && told.function?.name === "sealed" && told.status === status;

  test("pass under whatever version and account", async () => {
    await uses("sealed", [await publish(undefined, "own", GOOD)], { status: "verified" });
    await uses("sealed", [await publish(VENDOR, "copy", GOOD)], { status: "verified" });
  });

  test("are rejected and blocked where they hold something else, though a pattern trusts that", async () => {
    const since = Date.now();
    const arn = await publish(undefined, "trusted", TRUSTED);
    const reason = await uses("sealed", [arn], { status: "rejected", code: "configuration-differs" });
    expect(reason).toContain("layers[0] holds something else");
    const { finding } = await watched.notices.wait(isAbout("rejected"), { since });
    expect(finding.done).toMatchObject([{ action: "blocked" }]);
    await uses("sealed", [own], { status: "verified" });
  });

  test("are undecided once nobody can read them any more", async () => {
    const arn = await publish(undefined, "short-lived", GOOD);
    await uses("sealed", [arn], { status: "verified" });
    // A function goes on with a version that was deleted.
    const deleted = { LayerName: "short-lived", VersionNumber: 1 };
    await watched.functions.client().send(new DeleteLayerVersionCommand(deleted));
    expect(await watched.invoke({ function: "sealed" })).toMatchObject({
      status: "undecided",
      text: expect.stringContaining("lambda:GetLayerVersion") as string,
    });
    await uses("sealed", [own], { status: "verified" });
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});
