import { IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { type Finding, findingSchema } from "../../../verifier/src/model/finding.ts";
import { type Inbox, subscribe } from "./support/inbox.ts";
import { type Installation, newInstallation, POLICY_FILE } from "./support/installed.ts";
import { type Part, partsOf } from "./support/parts.ts";
import { type Tampering, TAMPERINGS, type Tools, toolsOf } from "./support/tampering/index.ts";
import { until } from "./support/until.ts";

const HOME = "eu-central-1";
// Neither is the region where IAM's events come.
const REGIONS = [HOME, "eu-west-1"];
const PROGRAM = `
const aws = require("@pulumi/aws");
const { RuntimeVerifier } = require("@fnseal/provider");
const key = new aws.kms.Key("bundles", { region: "${HOME}" });
const watch = new RuntimeVerifier("watch", {
  trustPolicy: "${POLICY_FILE}",
  regions: ${JSON.stringify(REGIONS)},
  objectLock: { mode: "GOVERNANCE", days: 1 },
  bucketKmsKeyArn: key.arn,
  trail: true,
});
exports.topicArn = watch.topicArn;
`;

jest.setTimeout(300_000);

let installed: Installation;
let parts: readonly Part[];
let inbox: Inbox;
let tools: Tools;
let who: string;

beforeAll(async () => {
  installed = await newInstallation({ program: PROGRAM });
  const { emulator, run } = installed;
  const { exitCode, stdout, stderr } = await run("up");
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  parts = await partsOf(installed);
  inbox = await subscribe(emulator, (await installed.outputs())["topicArn"] ?? "");
  const mallory = await emulator.asUser("mallory");
  who = `arn:aws:iam::${emulator.accountId}:user/mallory`;
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  await new IAMClient(emulator.config()).send(
    new PutUserPolicyCommand({
      UserName: "mallory",
      PolicyName: "everything",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [everything] }),
    }),
  );
  tools = toolsOf(emulator, mallory, parts, HOME);
});
afterAll(() => installed.remove());

/** Does it, and waits for what is told about it. */
async function tamper({ event, region = HOME, act }: Tampering): Promise<Finding> {
  await inbox.look();
  const from = inbox.received.length;
  // What AWS refuses is told as well: somebody tried.
  await act(tools).catch((thrown: unknown) => {
    if (!(thrown instanceof Error) || !("$metadata" in thrown)) throw thrown;
  });
  return until(`a finding about ${event}`, async () => {
    await inbox.look();
    return inbox.received
      .slice(from)
      .flatMap(({ text }) => {
        // An alarm's own message is none.
        const { data } = findingSchema.safeParse(JSON.parse(text));
        return data ? [data] : [];
      })
      .find(({ change, region: of }) => of === region && change?.event.startsWith(event) === true);
  });
}

// The function is deleted early on: what is told later is told without it.
test.each(TAMPERINGS.map((tampering) => ({ how: "", ...tampering })))(
  "$of: $event $how",
  async (tampering) => {
    expect(await tamper(tampering)).toMatchObject({
      kind: "tamper",
      code: "verifier-changed",
      region: tampering.region ?? HOME,
      change: { who, from: "127.0.0.1" },
    });
  },
);

/** Nothing that AWS has. */
const INVOCATION = "aws:lambda/invocation:Invocation";

test("no part is left out", () => {
  const tried = new Set([...TAMPERINGS.map(({ of }) => of), INVOCATION]);
  expect([...new Set(parts.map(({ type }) => type))].filter((type) => !tried.has(type)).sort()).toEqual([]);
});
