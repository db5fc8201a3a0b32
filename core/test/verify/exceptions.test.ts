import { FnsealError } from "../../src/errors.ts";
import {
  bundle,
  CODE,
  createKey,
  digestsOf,
  judge,
  outcome,
  sha256,
  simplePolicy,
  zipOf,
} from "../support.ts";

const key = createKey();
const stranger = createKey();
const policy = simplePolicy(key);

describe("exceptions", () => {
  const withException = (until: string, more: object = {}) =>
    simplePolicy(
      key,
      {},
      { exceptions: [{ functions: ["orders"], reason: "moving house", until }], ...more },
    );

  test("let pass until the end of their day, with a notice", async () => {
    for (const until of ["2026-06-15", "2026-06-16", "2027-01-01"]) {
      expect(await judge(withException(until), [])).toMatchObject({
        status: "exempt",
        notices: [{ code: "exempt" }],
      });
    }
  });

  test("that ended count no longer, and the message says so", async () => {
    const verdict = await judge(withException("2026-06-14"), []);
    expect(verdict).toMatchObject({ status: "rejected", code: "bundle-not-found" });
    expect(verdict).toMatchObject({ reason: expect.stringContaining("moving house") as string });
    expect(await outcome(withException("2026-06-15"), [], { now: new Date("2026-06-16T00:00:00Z") })).toBe(
      "bundle-not-found",
    );
  });

  test("are only for those whom they name", async () => {
    const policyWith = withException("2027-01-01");
    expect(await outcome(policyWith, [], { target: { kind: "function", name: "orders2" } })).toBe(
      "bundle-not-found",
    );
    expect(await outcome(policyWith, [], { target: { kind: "layer", name: "orders" } })).toBe(
      "bundle-not-found",
    );
    expect(await outcome(policyWith, [], { target: { kind: "function", name: undefined } })).toBe(
      "bundle-not-found",
    );
  });

  test("never let revoked code pass", async () => {
    const revocations = [{ digest: { dirHash: digestsOf(CODE).dirHash }, reason: "CVE-2026-1" }];
    expect(await outcome(withException("2027-01-01", { revocations }), [await bundle(key)])).toBe(
      "digest-revoked",
    );
  });

  test("change nothing about code that is verified", async () => {
    expect(await judge(withException("2027-01-01"), [await bundle(key)])).toMatchObject({
      status: "verified",
      notices: [],
    });
  });
});

describe("revocations", () => {
  const revoking = (...revocations: object[]) =>
    simplePolicy(key, {}, { revocations: revocations.map((entry) => ({ reason: "because", ...entry })) });

  test.each<[string, object, string]>([
    ["the file's digest", { digest: { sha256: digestsOf(CODE).sha256 } }, "digest-revoked"],
    ["the files' digest", { digest: { dirHash: digestsOf(CODE).dirHash } }, "digest-revoked"],
    [
      "another digest",
      { digest: { sha256: digestsOf(CODE).dirHash, dirHash: digestsOf(CODE).sha256 } },
      "verified",
    ],
    ["the key by its fingerprint", { key: key.publicKey.fingerprint }, "signer-revoked"],
    ["the key itself", { key: key.pem }, "signer-revoked"],
    ["another key", { key: stranger.pem }, "verified"],
    ["the authority", { authority: "ci" }, "signer-revoked"],
    [
      "what was signed before a day, without a verified time",
      { authority: "ci", signedBefore: "2026-01-01" },
      "signed-time-unknown",
    ],
    [
      "what was signed after a day, without a verified time",
      { authority: "ci", signedAfter: "2027-01-01" },
      "signed-time-unknown",
    ],
  ])("of %s", async (_, revocation, expected) => {
    expect(await outcome(revoking(revocation), [await bundle(key)])).toBe(expected);
  });

  test("of a digest count for the bytes of an archive that Pulumi packs anew as well", async () => {
    const jar = zipOf(CODE, {
      shape: "repackaged",
      digests: { dirHash: sha256("f") },
      rawSha256: sha256("jar"),
    });
    expect(await outcome(revoking({ digest: { sha256: sha256("jar") } }), [], { artifact: jar })).toBe(
      "digest-revoked",
    );
  });
});

describe("an artifact that is not plain", () => {
  const refusals = [{ code: "zip-duplicate-name", message: "two entries are named a" }] as const;

  test("with refusals counts only by its exact bytes", async () => {
    const { sha256: bytes, dirHash } = digestsOf(CODE);
    const artifact = zipOf(CODE, { refusals, digests: { sha256: bytes } });
    expect(await outcome(policy, [await bundle(key)], { artifact })).toBe("verified");
    expect(await outcome(policy, [], { artifact })).toBe("zip-duplicate-name");
    const byFiles = await bundle(key, { digests: { dirHash } });
    const withFiles = zipOf(CODE, { refusals });
    expect(await outcome(policy, [byFiles], { artifact: withFiles })).toBe("zip-duplicate-name");
    const folder = zipOf(CODE, { shape: "directory", refusals, digests: {} });
    expect(await outcome(policy, [await bundle(key)], { artifact: folder })).toBe("zip-duplicate-name");
  });

  test("whose raw file alone was signed is undecided where Pulumi packs it anew", async () => {
    const jar = zipOf(CODE, {
      shape: "repackaged",
      digests: { dirHash: sha256("f") },
      rawSha256: sha256("jar"),
    });
    const raw = await bundle(key, { digests: { sha256: sha256("jar") } });
    expect(await outcome(policy, [raw], { artifact: jar })).toBe("repackaged-file-match");
    expect((await judge(policy, [raw], { artifact: jar })).status).toBe("undecided");
    const files = await bundle(key, { digests: { sha256: sha256("jar"), dirHash: sha256("f") } });
    expect(await outcome(policy, [files], { artifact: jar })).toBe("verified");
  });

  test("that could not be read is undecided, whatever bundles there are", async () => {
    const artifact = new FnsealError("artifact-unreadable", "no permission");
    expect(await outcome(policy, [await bundle(key)], { artifact })).toBe("artifact-unreadable");
    expect((await judge(policy, [await bundle(key)], { artifact })).status).toBe("undecided");
  });
});
