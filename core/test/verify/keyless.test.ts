import type { TrustPolicy } from "../../src/trust/index.ts";
import { CODE, DAY, foreignStatement, outcome, policyOf, statement, toBytes } from "../support.ts";
import { createSigstore, IDENTITY, type KeylessOptions, LATER, SIGNED, type Sigstore } from "./sigstore.ts";

let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await createSigstore();
});

const now = new Date(SIGNED.getTime() + DAY);
const ours = { statement: statement({ signedAt: SIGNED }) };

/** A policy that wants this identity. */
const wanting = (keyless: object = IDENTITY, rule: object = {}, more: object = {}): TrustPolicy =>
  policyOf({
    authorities: { bot: { keyless } },
    rules: [{ signedBy: "bot", ...rule }],
    trustedRoot: sigstore.root,
    ...more,
  });

/** What becomes of a bundle signed with these options. */
const sign = async (options: KeylessOptions = {}, policy = wanting()): Promise<string> =>
  outcome(policy, [toBytes(await sigstore.signKeyless(ours, options))], { now });

describe("a keyless signature", () => {
  test("by the wanted identity is verified, long after its certificate has ended", async () => {
    expect(await sign()).toBe("verified");
    const bytes = toBytes(await sigstore.signKeyless(ours));
    expect(await outcome(wanting(), [bytes], { now: new Date(SIGNED.getTime() + 300 * DAY) })).toBe(
      "verified",
    );
  });

  test("over a file counts where the rule accepts it, and only for those bytes", async () => {
    const accepting = wanting(IDENTITY, { accept: ["message-signature"] });
    const bytes = toBytes(await sigstore.signKeyless({ file: CODE }));
    expect(await outcome(accepting, [bytes], { now })).toBe("verified");
    expect(await outcome(wanting(), [bytes], { now })).toBe("type-not-accepted");
    const other = await sigstore.signKeyless({ file: "other" });
    const forged = structuredClone(other);
    const good = await sigstore.signKeyless({ file: CODE });
    if (forged.messageSignature && good.messageSignature) {
      forged.messageSignature.messageDigest = good.messageSignature.messageDigest;
    }
    expect(await outcome(accepting, [toBytes(forged)], { now })).toBe("signature-invalid");
  });

  test.each<[string, KeylessOptions]>([
    ["another issuer", { issuer: "https://accounts.google.com" }],
    ["the issuer with a slash more", { issuer: `${IDENTITY.issuer}/` }],
    ["a subject that begins alike", { subject: `${IDENTITY.subject}-evil` }],
    ["a subject that ends alike", { subject: `https://evil.example/?${IDENTITY.subject}` }],
    ["the subject in other case", { subject: IDENTITY.subject.replace("acme", "Acme") }],
    ["an empty subject", { subject: "" }],
  ])("by %s is by a stranger", async (_, options) => {
    expect(await sign(options)).toBe("signer-not-trusted");
  });

  test("whose subject only looks alike is not folded to the wanted one", async () => {
    // 0xE1 without its highest bit is "a"; Cyrillic "а" looks like it.
    expect(await sign({ subject: IDENTITY.subject.replace("acme", "\u00e1cme") })).toBe(
      "certificate-invalid",
    );
    const cyrillic = await sign({ subject: IDENTITY.subject.replace("acme", "\u0430cme") });
    expect(["certificate-invalid", "signer-not-trusted"]).toContain(cyrillic);
    expect(await sign({ issuer: IDENTITY.issuer.replace("a", "\u0430") })).toBe("signer-not-trusted");
  });

  test.each([
    ["a byte order mark before it", (text: string) => `\ufeff${text}`],
    ["a zero byte after it", (text: string) => `${text}\u0000`],
    ["a zero-width space in it", (text: string) => text.replace("github", "git\u200bhub")],
    ["a full-width letter", (text: string) => text.replace("g", "\uff47")],
    ["a combining accent", (text: string) => text.replace("g", "g\u0301")],
    ["a space after it", (text: string) => `${text} `],
    ["a line feed after it", (text: string) => `${text}\n`],
    [
      "its host going on",
      (text: string) => text.replace("githubusercontent.com", "githubusercontent.com.evil"),
    ],
    ["another scheme", (text: string) => text.replace("https:", "http:")],
    ["another case", (text: string) => text.toUpperCase()],
    ["an encoded letter", (text: string) => text.replace("t", "%74")],
  ])("is not by the issuer with %s", async (_, change) => {
    expect(await sign({ issuer: change(IDENTITY.issuer) })).toBe("signer-not-trusted");
  });

  test("must have every claim that the policy names, exactly", async () => {
    const claims = { runnerEnvironment: "github-hosted", sourceRepositoryOwnerIdentifier: "123" };
    const policy = wanting({ ...IDENTITY, claims });
    expect(await sign({ claims: { 11: "github-hosted", 17: "123" } }, policy)).toBe("verified");
    expect(await sign({ claims: { 11: "github-hosted", 17: "1234" } }, policy)).toBe("signer-not-trusted");
    expect(await sign({ claims: { 11: "github-hosted" } }, policy)).toBe("signer-not-trusted");
    expect(await sign({ claims: { 11: "123", 17: "github-hosted" } }, policy)).toBe("signer-not-trusted");
  });

  test("may be wanted by a pattern over the whole subject", async () => {
    const pattern = { issuer: IDENTITY.issuer, subjectPattern: "^https://github\\.com/acme/[a-z]+/.*$" };
    expect(await sign({}, wanting(pattern))).toBe("verified");
    expect(await sign({ subject: `x${IDENTITY.subject}` }, wanting(pattern))).toBe("signer-not-trusted");
    // Each half of it is anchored at one end only; what is matched is the whole subject all the same.
    const repository = "https://github.com/acme/orders";
    const halves = {
      issuer: IDENTITY.issuer,
      subjectPattern: "^https://github\\.com/acme/x|/acme/orders/zzz$",
      claims: { sourceRepositoryURI: repository },
    };
    const options = { subject: "https://evil.example/acme/orders/zzz", claims: { 12: repository } };
    expect(await sign(options, wanting(halves))).toBe("signer-not-trusted");
    expect(await sign({ ...options, subject: "/acme/orders/zzz" }, wanting(halves))).toBe("verified");
  });

  test.each([
    ["another owner's of the same beginning", "acme", "acme-evil"],
    ["the owner's in another case", "acme", "Acme"],
    ["a host that goes on", "github.com", "github.com.evil.example"],
    ["a host with something before it", "github.com", "evil-github.com"],
    ["a host of which a dot is a letter", "github.com", "githubxcom"],
    ["a user in front of the host", "github.com", "github.com@evil.example"],
    ["the wanted one as a query of another", "https://", "https://evil.example/?https://"],
    ["a line of its own in it", "https://", "https://evil.example/\nhttps://"],
  ])("by %s is by a stranger for a pattern too", async (_, part, change) => {
    const wanted = wanting({ issuer: IDENTITY.issuer, subjectPattern: "^https://github\\.com/acme/.*$" });
    expect(await sign({}, wanted)).toBe("verified");
    const outcomes = ["signer-not-trusted", "certificate-invalid"];
    expect(outcomes).toContain(await sign({ subject: IDENTITY.subject.replace(part, change) }, wanted));
  });

  test.each([
    ["the repository", 12, "sourceRepositoryURI", "https://github.com/acme/orders"],
    ["the branch", 14, "sourceRepositoryRef", "refs/heads/main"],
    ["the trigger", 20, "buildTrigger", "push"],
    ["the runner", 11, "runnerEnvironment", "github-hosted"],
  ] as const)("is wanted by %s as its certificate says it, exactly", async (_, number, claim, value) => {
    const policy = wanting({ ...IDENTITY, claims: { [claim]: value } });
    expect(await sign({ claims: { [number]: value } }, policy)).toBe("verified");
    const wrong = [
      `${value}x`,
      `x${value}`,
      value.toUpperCase(),
      `${value} `,
      `${value}\n`,
      value.slice(1),
      "",
    ];
    for (const other of [...wrong, value.replace("e", "\u0435")].filter((text) => text !== value)) {
      expect(await sign({ claims: { [number]: other } }, policy)).toBe("signer-not-trusted");
    }
    expect(await sign({ claims: { 13: value } }, policy)).toBe("signer-not-trusted");
    expect(await sign({}, policy)).toBe("signer-not-trusted");
  });

  test("that fits two authorities by pattern counts once", async () => {
    const keyless = (subjectPattern: string): object => ({
      keyless: { issuer: IDENTITY.issuer, subjectPattern },
    });
    const policy = policyOf({
      authorities: {
        a: keyless("^https://github\\.com/acme/.*$"),
        b: keyless("^https://github\\.com/acme/orders/.*$"),
      },
      rules: [{ signedBy: { all: ["a", "b"] } }],
      trustedRoot: sigstore.root,
    });
    const one = toBytes(await sigstore.signKeyless(ours));
    const again = toBytes(await sigstore.signKeyless(ours));
    expect(await outcome(policy, [one, again], { now })).toBe("threshold-not-met");
    const other = toBytes(await sigstore.signKeyless(ours, { subject: "https://github.com/acme/infra/x" }));
    expect(await outcome(policy, [one, other], { now })).toBe("verified");
  });

  test("of a revoked identity is rejected", async () => {
    const revoking = (subject: string): TrustPolicy =>
      wanting(IDENTITY, {}, { revocations: [{ identity: { ...IDENTITY, subject }, reason: "stolen" }] });
    expect(await sign({}, revoking(IDENTITY.subject))).toBe("signer-revoked");
    expect(await sign({}, revoking(`${IDENTITY.subject}2`))).toBe("verified");
  });
});

describe("the evidence around a keyless signature", () => {
  test.each<[string, KeylessOptions, string]>([
    ["certificate timestamp", { without: ["sct"] }, "certificate-invalid"],
    ["log entry", { without: ["log"] }, "log-entry-invalid"],
    ["log entry and timestamp", { without: ["log", "timestamp"] }, "timestamp-invalid"],
  ])("without %s is rejected", async (_, options, code) => {
    expect(await sign(options)).toBe(code);
  });

  test("needs no log where the rule says so, but always a verified time", async () => {
    const optional = wanting(IDENTITY, { transparencyLog: "optional", timestamp: "optional" });
    expect(await sign({ without: ["log"] }, optional)).toBe("verified");
    expect(await sign({ without: ["log", "timestamp"] }, optional)).toBe("timestamp-invalid");
  });

  test("may lack a timestamp authority: the log's own promise has a time", async () => {
    expect(await sign({ without: ["timestamp"] })).toBe("verified");
  });

  test("needs no certificate timestamp where the trusted root names no certificate log", async () => {
    const root = { ...sigstore.root, ctlogs: [] };
    expect(await sign({ without: ["sct"] }, wanting(IDENTITY, {}, { trustedRoot: root }))).toBe("verified");
  });

  test("that was timestamped when the certificate had ended is rejected", async () => {
    expect(await sign({ at: "later" })).toBe("certificate-invalid");
  });

  test("of another deployment is rejected", async () => {
    const other = await createSigstore();
    const bytes = toBytes(await other.signKeyless(ours));
    const code = await outcome(wanting(), [bytes], { now });
    expect(["certificate-invalid", "timestamp-invalid", "log-entry-invalid"]).toContain(code);
    const only = (part: "certificateAuthorities" | "tlogs" | "timestampAuthorities"): TrustPolicy =>
      wanting(IDENTITY, {}, { trustedRoot: { ...sigstore.root, [part]: other.root[part] } });
    expect(await sign({}, only("certificateAuthorities"))).toBe("certificate-invalid");
    expect(await sign({}, only("tlogs"))).toBe("log-entry-invalid");
    expect(await sign({}, only("timestampAuthorities"))).toBe("timestamp-invalid");
    expect(await sign({}, wanting(IDENTITY, {}, { trustedRoot: "public-good" }))).not.toBe("verified");
  });

  test("is bound to this signature: another bundle's parts do not fit", async () => {
    const [a, b] = [await sigstore.signKeyless(ours), await sigstore.signKeyless(ours)];
    const mixed = (part: string): Buffer =>
      toBytes({
        ...a,
        verificationMaterial: { ...a.verificationMaterial, [part]: b.verificationMaterial[part] },
      });
    expect(await outcome(wanting(), [mixed("certificate")], { now })).toBe("signature-invalid");
    expect(await outcome(wanting(), [mixed("tlogEntries")], { now })).toBe("log-entry-invalid");
    expect(await outcome(wanting(), [mixed("timestampVerificationData")], { now })).toBe("timestamp-invalid");
    expect(await outcome(wanting(), [toBytes({ ...a, dsseEnvelope: b.dsseEnvelope })], { now })).toBe(
      "signature-invalid",
    );
  });

  test("must be logged by the certificate that signed, and no other", async () => {
    const bundle = await sigstore.signKeyless(ours, { without: ["log"] });
    const der = ({ verificationMaterial }: typeof bundle): Buffer =>
      Buffer.from((verificationMaterial["certificate"] as { rawBytes: string }).rawBytes, "base64");
    const other = await sigstore.signKeyless(ours, { subject: "https://github.com/evil/x" });
    const loggedBy = async (certificate?: Buffer): Promise<string> =>
      outcome(wanting(), [toBytes(await sigstore.log(bundle, certificate))], { now });
    expect(await loggedBy(der(bundle))).toBe("verified");
    expect(await loggedBy(der(other))).toBe("log-entry-invalid");
    expect(await loggedBy()).toBe("log-entry-invalid");
  });

  test("with any part of the log entry changed is rejected", async () => {
    const good = await sigstore.signKeyless(ours, { without: ["timestamp"] });
    const [entry] = good.verificationMaterial["tlogEntries"] as Record<string, unknown>[];
    const changes: Record<string, unknown>[] = [
      { integratedTime: String(Math.floor(LATER.getTime() / 1000)) },
      { integratedTime: "0" },
      { integratedTime: "x" },
      { logIndex: "1" },
      { logId: { keyId: Buffer.alloc(32).toString("base64") } },
      { kindVersion: { kind: "intoto", version: "0.0.2" } },
      { inclusionPromise: { signedEntryTimestamp: "AAAA" } },
      { inclusionPromise: undefined },
      { inclusionProof: undefined, inclusionPromise: undefined },
      { canonicalizedBody: Buffer.from("{}").toString("base64") },
      { canonicalizedBody: "AAAA" },
    ];
    for (const change of changes) {
      const verificationMaterial = { ...good.verificationMaterial, tlogEntries: [{ ...entry, ...change }] };
      const code = await outcome(wanting(), [toBytes({ ...good, verificationMaterial })], { now });
      expect(["log-entry-invalid", "timestamp-invalid", "certificate-invalid", "bundle-malformed"]).toContain(
        code,
      );
    }
  });

  test("with a byte changed anywhere in the certificate is never accepted", async () => {
    const good = await sigstore.signKeyless(ours);
    const { rawBytes } = good.verificationMaterial["certificate"] as { rawBytes: string };
    const der = Buffer.from(rawBytes, "base64");
    const policy = wanting();
    for (let at = 0; at < der.length; at += 2) {
      const changed = Buffer.from(der);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x20, at);
      const certificate = { rawBytes: changed.toString("base64") };
      const bytes = toBytes({ ...good, verificationMaterial: { ...good.verificationMaterial, certificate } });
      // The signature's BIT STRING begins with its count of unused bits, which stands outside of what is signed.
      const isUnusedBits = der[at - 1] === der.length - at && der[at] === 0;
      if (!isUnusedBits) expect(await outcome(policy, [bytes], { now })).not.toBe("verified");
    }
  });
});

describe("when a keyless signature was made", () => {
  test("is believed for a maximum age and for revocations by time", async () => {
    const aged = wanting(IDENTITY, { maximumAge: "7d" });
    const bytes = [toBytes(await sigstore.signKeyless(ours))];
    expect(await outcome(aged, bytes, { now })).toBe("verified");
    expect(await outcome(aged, bytes, { now: new Date(SIGNED.getTime() + 8 * DAY) })).toBe("too-old");
    const revoking = (fields: object): TrustPolicy =>
      wanting(IDENTITY, {}, { revocations: [{ authority: "bot", reason: "stolen", ...fields }] });
    const [before, after] = [SIGNED.getTime() - DAY, SIGNED.getTime() + DAY].map((time) =>
      new Date(time).toISOString(),
    );
    expect(await outcome(revoking({ signedBefore: after }), bytes, { now })).toBe("signer-revoked");
    expect(await outcome(revoking({ signedBefore: before }), bytes, { now })).toBe("verified");
    expect(await outcome(revoking({ signedAfter: before }), bytes, { now })).toBe("signer-revoked");
    expect(await outcome(revoking({ signedAfter: after }), bytes, { now })).toBe("verified");
  });

  test("cannot be in the future: this clock is behind, which is undecided", async () => {
    const bytes = [toBytes(await sigstore.signKeyless(ours))];
    const at = (minutes: number): Promise<string> =>
      outcome(wanting(), bytes, { now: new Date(SIGNED.getTime() - minutes * 60_000) });
    expect([await at(DAY / 60_000), await at(6), await at(4)]).toEqual([
      "clock-differs",
      "clock-differs",
      "verified",
    ]);
  });

  test("of provenance is known too, by its certificate", async () => {
    const type = "https://slsa.dev/provenance/v1";
    const aged = wanting(IDENTITY, { maximumAge: "7d", accept: [type] });
    const bytes = [toBytes(await sigstore.signKeyless({ statement: foreignStatement(type) }))];
    expect(await outcome(aged, bytes, { now })).toBe("verified");
    expect(await outcome(aged, bytes, { now: LATER })).toBe("too-old");
  });
});
