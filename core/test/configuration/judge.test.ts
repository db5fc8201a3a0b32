import {
  type Configuration,
  sealConfiguration,
  type SealedConfiguration,
} from "../../src/configuration/index.ts";
import { createJudge, type Verdict } from "../../src/verify/index.ts";
import { bundle, createKey, NOW, policyOf, zipOf, CODE } from "../support.ts";
import { CHANGES, CONFIGURATION, KEY, Kms, PASSWORD } from "./support.ts";

const key = createKey();
const stranger = createKey();
const kms = new Kms();

interface Given {
  readonly sealed?: SealedConfiguration | undefined;
  readonly rule?: object;
  readonly policy?: object;
  readonly configuration?: Configuration | undefined;
  readonly kind?: "function" | "layer";
  readonly by?: typeof key;
}

async function judge({
  sealed,
  rule,
  policy,
  kind = "function",
  by = key,
  ...given
}: Given): Promise<Verdict> {
  const trust = policyOf({
    authorities: { ci: { key: key.pem } },
    rules: [{ signedBy: "ci", ...rule }],
    sealKeys: [KEY],
    ...policy,
  });
  const bytes = await bundle(by, { configuration: sealed, layers: ["orders"] });
  return createJudge(trust, () => NOW, { verifyMac: kms.verifyMac }).judge({
    target: { kind, name: "orders" },
    artifact: zipOf(CODE),
    found: { candidates: [{ where: "orders.sigstore.json", bytes }], searched: [] },
    configuration: "configuration" in given ? given.configuration : CONFIGURATION,
  });
}

const codeOf = (verdict: Verdict): string => ("code" in verdict ? verdict.code : verdict.status);
const outcome = async (given: Given): Promise<string> => codeOf(await judge(given));

beforeEach(() => {
  kms.asked = [];
});

test("a sealed signature approves its configuration only, without any rule that asks for it", async () => {
  const sealed = await sealConfiguration(CONFIGURATION);
  expect(await outcome({ sealed })).toBe("verified");
  expect(await outcome({ sealed, configuration: { ...CONFIGURATION, handler: "x" } })).toBe(
    "configuration-differs",
  );
  expect(await outcome({ sealed, configuration: { ...CONFIGURATION, role: undefined } })).toBe(
    "configuration-unknown",
  );
  expect(await outcome({ sealed, configuration: undefined })).toBe("configuration-unknown");
});

test.each(CHANGES)("%s: rejected", async (_name, change, said) => {
  const sealed = await sealConfiguration(CONFIGURATION, undefined, kms);
  const verdict = await judge({ sealed, configuration: { ...CONFIGURATION, ...change } });
  expect(verdict).toMatchObject({
    status: "rejected",
    code: "configuration-differs",
    reason: expect.stringContaining(said) as string,
  });
  expect(JSON.stringify(verdict)).not.toContain(PASSWORD);
});

test("a layer has no configuration", async () => {
  const sealed = await sealConfiguration(CONFIGURATION);
  expect(
    await outcome({ sealed, kind: "layer", rule: { requireSeal: true }, configuration: undefined }),
  ).toBe("verified");
});

describe("requireSeal", () => {
  test.each([
    ["nothing where nothing is sealed", true, [], "configuration-not-sealed"],
    ["everything", true, undefined, "verified"],
    ["what is asked for", ["handler", "role"], ["handler", "role"], "verified"],
    ["less than is asked for", ["handler", "role"], ["handler"], "configuration-not-sealed"],
    ["names where values are asked for", ["environmentValues"], undefined, "configuration-not-sealed"],
  ] as const)("%s", async (_what, requireSeal, fields, expected) => {
    const sealed = fields?.length === 0 ? undefined : await sealConfiguration(CONFIGURATION, fields);
    expect(await outcome({ sealed, rule: { requireSeal } })).toBe(expected);
  });

  test("values", async () => {
    const sealed = await sealConfiguration(CONFIGURATION, ["environment"], kms);
    const rule = { requireSeal: ["environmentValues"] };
    expect(await judge({ sealed, rule })).toMatchObject({ status: "verified", sealsValues: true });
    expect(await outcome({ sealed, rule, policy: { sealKeys: undefined } })).toBe("seal-key-not-trusted");
    const environment = { PASSWORD, TABLE: "payments" };
    expect(await outcome({ sealed, rule, configuration: { ...CONFIGURATION, environment } })).toBe(
      "configuration-differs",
    );
  });

  test("a signature that is no statement of ours has no seal", async () => {
    const rule = { requireSeal: true, accept: ["fnseal", "message-signature"] };
    expect(await outcome({ rule })).toBe("configuration-not-sealed");
  });
});

test("KMS is not asked for bundles that nobody of the trust policy has signed", async () => {
  const sealed = await sealConfiguration(CONFIGURATION, undefined, kms);
  expect(await outcome({ sealed, by: stranger })).toBe("signer-not-trusted");
  expect(kms.asked).toEqual([]);
});
