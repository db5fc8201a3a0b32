import {
  AddLayerVersionPermissionCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  RemoveLayerVersionPermissionCommand,
} from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { zipOf } from "../support/zip.ts";
import { BUILT, Desk } from "./support/cli.ts";

const VENDOR = "998877665544";
const HANDLER = "exports.handler = async () => 1;";

let emulator: Emulator;
let desk: Desk;
let vendor: LambdaClient;
let arn: string;

jest.setTimeout(120_000);

beforeAll(async () => {
  emulator = await startEmulator({ auth: false });
  desk = new Desk(emulator.environment, BUILT);
  await desk.key("ci");
  desk.write("dist/index.js", HANDLER);
  const credentials = { accessKeyId: VENDOR, secretAccessKey: "test" };
  vendor = new LambdaClient(emulator.config("us-east-1", credentials));
  const ZipFile = zipOf({ "extensions/agent": "#!/bin/sh" });
  const layer = { LayerName: "agent", Content: { ZipFile } };
  arn = (await vendor.send(new PublishLayerVersionCommand(layer))).LayerVersionArn ?? "";
  await share();
  desk.write("orders.json", JSON.stringify({ Handler: "a.b", Runtime: "r", Role: "r", Layers: [arn] }));
});
afterAll(async () => {
  desk.remove();
  await emulator.stop();
});

const ONE = { LayerName: "agent", VersionNumber: 1, StatementId: "all" };
const share = (): Promise<unknown> =>
  vendor.send(
    new AddLayerVersionPermissionCommand({ ...ONE, Action: "lambda:GetLayerVersion", Principal: "*" }),
  );
const withdraw = (): Promise<unknown> => vendor.send(new RemoveLayerVersionPermissionCommand(ONE));

const sign = () =>
  desk.json([
    ...["sign", "dist", "--key", "ci.key", "--seal-config=layers", "--config", "orders.json"],
    "--read-layers",
  ]);
const verify = () => desk.json(["verify", "dist", "--key", "ci.pub", "--config", "orders.json"]);

test("an extension of another account is read, and bound by ARN and content", async () => {
  const { code, results } = await sign();
  const hex = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
  expect([code, results]).toMatchObject([
    0,
    [{ configuration: { layers: [{ arn, digest: { sha256: hex, dirHash: hex } }] } }],
  ]);
  expect(await verify()).toMatchObject({ code: 0 });
});

test("once it can no longer be read it is undecided, and cannot be sealed", async () => {
  await withdraw();
  const verified = await verify();
  expect([verified.code, verified.results]).toMatchObject([3, [{ code: "layer-content-unknown" }]]);
  expect(JSON.stringify(verified.results)).toContain("lambda:GetLayerVersion");
  expect(await sign()).toMatchObject({ code: 3, error: { code: "layer-unreadable" } });
  await share();
  expect(await verify()).toMatchObject({ code: 0 });
});
