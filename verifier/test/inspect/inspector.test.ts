import { sign } from "node:crypto";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { FnsealError } from "@fnseal/core";
import {
  createKey,
  messageSignature,
  NOW,
  policyOf,
  sha256,
  simplePolicy,
  toBytes,
} from "../../../core/test/support.ts";
import { AwsFailure } from "../../src/awsFailure.ts";
import { outcomeOf } from "../../src/inspect/index.ts";
import { BAD, GOOD, layerArn, PLACE, signed, World, zip } from "./support.ts";

const key = createKey();
const policy = simplePolicy(key);
const layered = policyOf({
  authorities: { ci: { key: key.pem } },
  rules: [{ signedBy: "ci", functions: ["*"], layers: ["*"] }],
  trustedLayers: [{ arn: layerArn("vendor", "444455556666").replace(/1$/, "*"), reason: "a vendor" }],
});

let world: World;

beforeEach(async () => {
  world = new World();
  world.bundles = [await signed(key, GOOD)];
});

afterEach(() => {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`fnseal-code-${process.pid}-`));
  expect(left).toEqual([]);
});

const failure = (kind: AwsFailure["kind"]): AwsFailure =>
  new AwsFailure(kind, "lambda:Any", "lambda:Any: failed");
const failAt = (call: string, kind: AwsFailure["kind"], times = 1000): void => {
  let left = times;
  world.before = (name) => {
    if (name.startsWith(call) && left-- > 0) throw failure(kind);
  };
};
const look = (trust = policy): ReturnType<ReturnType<World["inspector"]>["inspect"]> =>
  world.inspector(trust).inspect(world.facts());
const outcome = async (trust = policy): Promise<string> => {
  const { status, code } = outcomeOf(await look(trust));
  return code === undefined ? status : `${status} ${code}`;
};

describe("a function of one version", () => {
  test("verifies what is signed, and rejects what is not", async () => {
    expect(await outcome()).toBe("verified");
    world.code.set("$LATEST", BAD);
    expect(await outcome()).toBe("rejected bundle-other-artifact");
  });

  test("needs three calls and one download", async () => {
    await look();
    expect([...world.calls].sort()).toEqual(["code $LATEST", "mappings", "versions"]);
    expect(world.downloads).toBe(1);
  });

  test("finds message signatures by the file's bytes", async () => {
    const json = messageSignature(key, "", sha256(GOOD));
    const signature = sign("sha256", GOOD, key.privateKey).toString("base64");
    world.bundles = [toBytes({ ...json, messageSignature: { ...json.messageSignature, signature } })];
    expect(await outcome(simplePolicy(key, { accept: ["message-signature"] }))).toBe("verified");
  });

  test("a hostile zip is judged", async () => {
    world.code.set("$LATEST", Buffer.concat([GOOD, Buffer.from("trailing")]));
    expect(await outcome()).toMatch(/^rejected zip-/);
  });

  describe("an image", () => {
    const digest = sha256(GOOD);
    const image = (resolvedImage: string | undefined): void => {
      world.more = { packageType: "Image", codeSha256: "" };
      world.image = resolvedImage;
    };

    test("is judged by the digest to which AWS resolved it, without a download", async () => {
      image(`registry.example/orders@sha256:${digest}`);
      expect(await outcome()).toBe("verified");
      expect(world.downloads).toBe(0);
    });

    test("that was not signed is rejected", async () => {
      image(`registry.example/orders@sha256:${sha256(BAD)}`);
      expect(await outcome()).toBe("rejected bundle-other-artifact");
    });

    test.each([undefined, "registry.example/orders:v1", `orders@sha256:${digest}x`, `@sha256:${digest}`])(
      "that AWS does not name by digest is undecided: %s",
      async (resolved) => {
        image(resolved);
        expect(await outcome()).toBe("undecided code-unreadable");
      },
    );

    test("of each version is judged by itself where AWS gives no CodeSha256", async () => {
      image(`registry.example/orders@sha256:${digest}`);
      world.code.set("1", BAD);
      world.imageOf = (version) => `registry.example/orders@sha256:${version === "1" ? sha256(BAD) : digest}`;
      world.aliases = [{ name: "live", versions: ["1"] }];
      expect(await outcome()).toBe("rejected bundle-other-artifact");
    });
  });
});

describe("versions", () => {
  test("are judged once for each code; only what something leads to decides", async () => {
    world.code.set("1", BAD).set("2", GOOD).set("3", BAD);
    const inspection = await look();
    expect(outcomeOf(inspection).status).toBe("verified");
    expect(inspection.judgements.map(({ versions, isReachable }) => [versions, isReachable])).toEqual([
      [["$LATEST", "2"], true],
      [["3", "1"], false],
    ]);
    expect(world.downloads).toBe(2);
  });

  test.each([
    ["an alias routes to it", { aliases: [{ name: "live", versions: ["2", "1"] }] }, []],
    ["it has provisioned concurrency", { provisioned: [{ qualifier: "1", requested: 5 }] }, []],
    ["a mapping invokes it", { mappings: [{ id: "m", qualifier: "1", source: undefined }] }, []],
    ["a block took its provisioned concurrency", {}, [{ qualifier: "1", requested: 5 }]],
  ])("a bad one decides where %s", async (_, change, saved) => {
    world.code.set("1", BAD).set("2", GOOD);
    Object.assign(world, change);
    // A mapping's qualifier in the answer of the whole function.
    world.functions.mappings = async (_place, qualifier) => (qualifier === undefined ? world.mappings : []);
    const inspection = await world.inspector(policy).inspect(world.facts(), { saved });
    expect(outcomeOf(inspection)).toMatchObject({ status: "rejected", judgement: { versions: ["1"] } });
  });

  test("the mappings of aliases are asked for, and come once", async () => {
    world.code.set("1", GOOD);
    world.aliases = [{ name: "live", versions: ["1"] }];
    world.mappings = [
      { id: "a", qualifier: undefined, source: "arn:aws:sqs:eu-west-1:111122223333:a" },
      { id: "b", qualifier: "live", source: undefined },
    ];
    expect((await look()).reach.mappings.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("one that is deleted meanwhile is no longer judged", async () => {
    world.code.set("1", BAD);
    world.before = (call) => {
      if (call === "code 1") world.code.delete("1");
    };
    expect((await look()).judgements).toHaveLength(1);
  });
});

describe("layers", () => {
  beforeEach(() => world.layersOf.set("$LATEST", [layerArn("tools")]));

  test("are judged as layers by their name", async () => {
    world.layers.set(layerArn("tools"), BAD);
    expect(outcomeOf(await look(layered))).toMatchObject({
      status: "rejected",
      judgement: {
        what: "layer",
        codeSha256: sha256(BAD),
        verdict: { target: { kind: "layer", name: "tools" } },
      },
    });
    world.bundles.push(await signed(key, BAD));
    expect(await outcome(layered)).toBe("verified");
  });

  test("are not read where trusted by their ARN", async () => {
    world.layersOf.set("$LATEST", [layerArn("vendor", "444455556666")]);
    expect(await outcome(layered)).toBe("verified");
    expect(world.downloads).toBe(1);
  });

  test.each(["denied", "gone", "invalid"] as const)("are undecided where AWS says %s", async (kind) => {
    failAt("layer", kind);
    expect(await outcome(layered)).toBe("undecided layer-unreadable");
  });
});

describe("what cannot be found out", () => {
  test.each(["code", "versions", "mappings"])("is undecided where %s is denied", async (call) => {
    failAt(call, "denied");
    expect(await outcome()).toBe("undecided code-unreadable");
  });

  test.each(["aliases", "provisioned"])("is undecided where %s are denied", async (call) => {
    world.code.set("1", GOOD);
    failAt(call, "denied");
    expect(await outcome()).toBe("undecided code-unreadable");
  });

  test.each(["code", "versions", "mappings", "download", "find"])(
    "is thrown where %s may pass",
    async (call) => {
      for (const kind of ["throttled", "unavailable"] as const) {
        failAt(call, kind);
        await expect(look()).rejects.toMatchObject({ name: "AwsFailure", kind });
      }
    },
  );

  test("is undecided where the code is larger than is read", async () => {
    const inspection = await world.inspector(policy, 10).inspect(world.facts());
    expect(outcomeOf(inspection).code).toBe("code-download-too-large");
    expect(world.downloads).toBe(0);
  });

  test("an exception still lets pass", async () => {
    failAt("code", "denied");
    const until = new Date(NOW.getTime() + 1e9).toISOString();
    const exceptions = [{ functions: ["orders"], reason: "moving", until }];
    expect(await outcome(simplePolicy(key, {}, { exceptions }))).toBe("exempt exempt");
  });

  test("a store that may not be read is undecided, whatever number of signatures is asked for", async () => {
    world.bundleStore.find = async () => ({
      candidates: [{ where: "s3://b/", error: new FnsealError("bundle-store-unreachable", "denied") }],
      searched: [],
    });
    const other = createKey();
    const two = policyOf({
      authorities: { ci: { key: key.pem }, qa: { key: other.pem } },
      rules: [{ signedBy: { atLeast: 2, of: ["ci", "qa"] } }],
    });
    expect(await outcome(two)).toBe("undecided bundle-store-unreachable");
  });
});

describe("changes meanwhile", () => {
  test("an update between facts and location is followed", async () => {
    const facts = world.facts();
    world.code.set("$LATEST", BAD);
    const inspection = await world.inspector(policy).inspect(facts);
    expect(inspection.facts.codeSha256).toBe(sha256(BAD));
    expect(outcomeOf(inspection).status).toBe("rejected");
    await expect(world.inspector(policy).inspect(facts, { settle: false })).rejects.toMatchObject({
      kind: "conflict",
    });
  });

  test("an update between location and download is followed", async () => {
    world.served = () => BAD;
    world.before = (call) => {
      if (call === "download") world.code.set("$LATEST", BAD);
    };
    const inspection = await look();
    expect(inspection.facts.codeSha256).toBe(sha256(BAD));
    expect(outcomeOf(inspection).status).toBe("rejected");
  });

  test("one that changes all the time is left to a later try", async () => {
    let count = 0;
    world.before = (call) => {
      if (call.startsWith("code")) world.code.set("$LATEST", zip(`${count++}`));
    };
    await expect(look()).rejects.toMatchObject({ kind: "conflict" });
    expect(count).toBeLessThan(10);
  });

  test("a download that is once not what AWS says is made again", async () => {
    let first = true;
    world.served = (bytes) => {
      const wrong = first;
      first = false;
      return wrong ? BAD : bytes;
    };
    expect(await outcome()).toBe("verified");
    world.served = () => BAD;
    expect(await outcome()).toBe("rejected code-not-as-told");
  });

  test.each(["code", "download"])("a function that is deleted before %s is gone", async (when) => {
    world.served = () => BAD;
    world.before = (call) => {
      if (call.startsWith(when)) world.code.clear();
    };
    await expect(look()).rejects.toMatchObject({ kind: "gone" });
  });
});

describe("the fingerprint", () => {
  const print = (): Promise<string> => world.inspector(policy).fingerprint(world.facts());

  test("is the inspection's, without a download", async () => {
    world.code.set("1", BAD);
    expect(await print()).toBe((await look()).fingerprint);
    expect(await print()).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[string, () => void]>([
    ["code", () => world.code.set("$LATEST", BAD)],
    ["layers", () => world.layersOf.set("$LATEST", [layerArn("tools")])],
    [
      "a value of the environment",
      () => (world.configuration = { ...world.configuration, Environment: { PASSWORD: "x" } }),
    ],
    ["routing", () => (world.aliases = [{ name: "live", versions: ["2"] }])],
    ["what is provisioned", () => (world.provisioned = [{ qualifier: "2", requested: 1 }])],
    ["the code of a reachable version", () => world.code.set("1", zip("new"))],
  ])("changes with %s", async (_, change) => {
    world.code.set("1", BAD).set("2", GOOD);
    world.aliases = [{ name: "live", versions: ["1"] }];
    const before = await print();
    change();
    expect(await print()).not.toBe(before);
  });

  test.each<[string, () => void]>([
    ["tags", () => (world.more = { tags: { "fnseal:status": "rejected" } })],
    ["concurrency", () => (world.more = { reservedConcurrency: 0 })],
    ["a version that nothing leads to", () => world.code.set("3", BAD)],
    [
      "the order of keys",
      () => (world.configuration = Object.fromEntries(Object.entries(world.configuration).reverse())),
    ],
  ])("stays with %s", async (_, change) => {
    world.code.set("1", BAD);
    const before = await print();
    change();
    expect(await print()).toBe(before);
  });

  test("stays when a block takes provisioned concurrency away", async () => {
    world.code.set("1", BAD);
    const saved = [{ qualifier: "1", requested: 5 }];
    world.provisioned = saved;
    const before = await print();
    world.provisioned = [];
    expect(await world.inspector(policy).fingerprint(world.facts(), { saved })).toBe(before);
    expect(await print()).not.toBe(before);
  });

  test("of a namesake elsewhere is another", async () => {
    const before = await print();
    world.more = {
      place: { ...PLACE, account: "999999999999" },
      arn: "arn:aws:lambda:eu-west-1:999999999999:function:orders",
    };
    expect(await print()).not.toBe(before);
  });
});
