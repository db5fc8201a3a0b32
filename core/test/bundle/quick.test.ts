import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { identityOf, leafCertificate } from "../../src/bundle/certificate.ts";
import { verifyEvidence } from "../../src/bundle/evidence.ts";
import { parseAnyBundle, type ParsedBundle } from "../../src/bundle/parse.ts";
import type { QuickCertificate } from "../../src/bundle/quick/certificate.ts";
import { verifyQuickly } from "../../src/bundle/quick/evidence.ts";
import { FnsealError } from "../../src/errors.ts";
import { parseTrustedRoot, publicGoodTrustedRoot } from "../../src/trust/trustedRoot.ts";
import { readSigningCertificate, type SigningCertificate } from "../../src/verify/certificateSigner.ts";
import { mutate } from "../mutate.ts";
import { type BundleJson, CODE, seeded, sha256, statement, toBytes } from "../support.ts";
import { createSigstore, pemOf, SIGNED, type Sigstore } from "../verify/sigstore.ts";
import { mutateBytes, promise, resignCertificate, resignPromise } from "./resign.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const readJson = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, name), "utf8"));
const bundleAt = (name: string): BundleJson => readJson(name) as BundleJson;

/** What Sigstore's library says; `undefined` where it refuses. */
function inFull(bundle: ParsedBundle, root: TrustedRoot, isLogged: boolean): readonly Date[] | undefined {
  try {
    const required = { transparencyLog: isLogged, timestamp: true };
    return verifyEvidence(bundle, undefined, root, sha256(CODE), required).times;
  } catch {
    return undefined;
  }
}

/** What the signer's certificate is read as; where it is read quickly, the library has to read the same. */
async function certificateOf(bundle: ParsedBundle): Promise<QuickCertificate | undefined> {
  let read: SigningCertificate;
  try {
    read = await readSigningCertificate(bundle);
  } catch (thrown) {
    if (thrown instanceof FnsealError) return undefined;
    throw thrown;
  }
  const { quick, identity, key, notBefore } = read;
  if (!quick) return undefined;
  const full = leafCertificate(bundle.sigstore);
  expect(identity).toStrictEqual(identityOf(full));
  expect([notBefore, quick.notAfter]).toEqual([full.notBefore, full.notAfter]);
  expect(key.key.equals(createPublicKey({ key: full.publicKey, format: "der", type: "spki" }))).toBe(true);
  return quick;
}

/** Whether the quick verification says yes; whenever it does, the library has to say it too, with the same times. */
async function isQuick(json: unknown, root: TrustedRoot): Promise<boolean> {
  let bundle: ParsedBundle;
  try {
    bundle = parseAnyBundle(toBytes(json));
  } catch {
    return false;
  }
  const certificate = await certificateOf(bundle);
  const quick = certificate && verifyQuickly(bundle, certificate, root, sha256(CODE));
  if (!quick) return false;
  const sorted = (times: readonly Date[] | undefined): number[] | undefined =>
    times?.map((time) => time.getTime()).sort();
  expect(sorted(quick.times)).toEqual(sorted(inFull(bundle, root, quick.isLogged)));
  return true;
}

let sigstore: Sigstore;
/** Log's promise, certificate timestamp, no timestamp authority: as most of the public bundles are. */
let promised: BundleJson;
let overFile: BundleJson;
let mockRoot: TrustedRoot;
const services = bundleAt("services/bundle-0.sigstore.json");
const servicesRoot = parseTrustedRoot(readJson("services/trusted_root.json"), "the fixture");

beforeAll(async () => {
  sigstore = await createSigstore();
  const without = ["timestamp"] as const;
  promised = await sigstore.signKeyless({ statement: statement({ signedAt: SIGNED }) }, { without });
  overFile = await sigstore.signKeyless({ file: CODE }, { without });
  mockRoot = parseTrustedRoot(sigstore.root, "the mock");
});

/** How many of so many bundles, changed at random, are verified quickly. */
async function taken(rounds: number, root: TrustedRoot, change: (round: number) => unknown): Promise<number> {
  let count = 0;
  for (let round = 0; round < rounds; round++) if (await isQuick(change(round), root)) count++;
  return count;
}

describe("the quick verification says yes", () => {
  test("to what Sigstore's services make", async () => {
    expect(await isQuick(services, servicesRoot)).toBe(true);
    expect(await isQuick(bundleAt("services/bundle-1.sigstore.json"), servicesRoot)).toBe(true);
  });

  test("to a certificate's timestamp and a log's promise, over a statement or a file", async () => {
    for (const json of [promised, overFile]) expect(await isQuick(json, mockRoot)).toBe(true);
  });

  test.each(["custom-issuer", "reusable-workflow-attestation", "npm-style-dsse"])(
    "to the public bundle %s",
    async (name) => {
      expect(await isQuick(bundleAt(`public/${name}.sigstore.json`), publicGoodTrustedRoot())).toBe(true);
    },
  );
});

describe("the quick verification says nothing", () => {
  test("of another deployment's bundles", async () => {
    expect(await isQuick(services, mockRoot)).toBe(false);
    expect(await isQuick(promised, servicesRoot)).toBe(false);
    expect(await isQuick(promised, publicGoodTrustedRoot())).toBe(false);
  });

  test.each(["tlogs", "certificateAuthorities", "ctlogs"] as const)(
    "where the trusted root's %s are another's",
    async (part) => {
      const other = (await createSigstore()).root;
      const root = parseTrustedRoot({ ...sigstore.root, [part]: other[part] }, "mixed");
      expect(await isQuick(promised, root)).toBe(false);
    },
  );

  test("where parts of two bundles are mixed", async () => {
    const other = bundleAt("services/bundle-1.sigstore.json");
    for (const part of Object.keys(services.verificationMaterial)) {
      const mixed = { ...services.verificationMaterial, [part]: other.verificationMaterial[part] };
      expect(await isQuick({ ...services, verificationMaterial: mixed }, servicesRoot)).toBe(false);
    }
    expect(await isQuick({ ...services, dsseEnvelope: other.dsseEnvelope }, servicesRoot)).toBe(false);
  });

  test("without any time", async () => {
    const timeless = structuredClone(services);
    delete timeless.verificationMaterial["timestampVerificationData"];
    expect(await isQuick(timeless, servicesRoot)).toBe(false);
  });
});

describe("every yes is one of the library too", () => {
  test("whatever is changed in a bundle's JSON", async () => {
    const next = seeded(11);
    const originals: [BundleJson, TrustedRoot][] = [
      [services, servicesRoot],
      [promised, mockRoot],
      [overFile, mockRoot],
    ];
    let count = 0;
    for (const [original, root] of originals) {
      count += await taken(400, root, () => {
        const json = structuredClone(original);
        for (let times = next(3); times >= 0; times--) mutate(json, next);
        return json;
      });
    }
    expect(count).toBeGreaterThan(20);
  });

  test.each([
    ["certificate", ["certificate", "rawBytes"]],
    ["timestamp", ["timestampVerificationData", "rfc3161Timestamps", 0, "signedTimestamp"]],
    ["log entry", ["tlogEntries", 0, "canonicalizedBody"]],
  ] as const)("whichever bytes of the %s are changed", async (_, path) => {
    const next = seeded(12);
    const count = await taken(400, servicesRoot, () => {
      const json = structuredClone(services);
      changeAt(json.verificationMaterial, path, (text) =>
        mutateBytes(Buffer.from(text, "base64"), next).toString("base64"),
      );
      return json;
    });
    // A changed byte stands outside of what is signed in very few places.
    expect(count).toBeLessThan(100);
  });

  test("whichever characters of the checkpoint are changed", async () => {
    const next = seeded(13);
    await taken(400, servicesRoot, () => {
      const json = structuredClone(services);
      changeAt(
        json.verificationMaterial,
        ["tlogEntries", 0, "inclusionProof", "checkpoint", "envelope"],
        (text) => mutateBytes(Buffer.from(text), next).toString(),
      );
      return json;
    });
    expect(await isQuick(services, servicesRoot)).toBe(true);
  });

  test("whatever a certificate authority signs", async () => {
    const next = seeded(14);
    const root = parseTrustedRoot({ ...sigstore.root, ctlogs: [] }, "the mock");
    const bare = await sigstore.signKeyless(
      { statement: statement({ signedAt: SIGNED }) },
      { without: ["sct", "timestamp"], claims: { 11: "github-hosted" } },
    );
    expect(await isQuick(bare, root)).toBe(true);
    const count = await taken(600, root, () => {
      const json = structuredClone(bare);
      const { certificate, tlogEntries } = json.verificationMaterial as unknown as KeylessMaterial;
      const der = resignCertificate(
        Buffer.from(certificate.rawBytes, "base64"),
        sigstore.keys.authority,
        next,
      );
      certificate.rawBytes = der.toString("base64");
      for (const entry of tlogEntries) {
        promise(entry, sigstore.keys.log, (body) => {
          changeAt(body, ["spec", "signatures", 0, "verifier"], () =>
            Buffer.from(pemOf(der)).toString("base64"),
          );
        });
      }
      return json;
    });
    expect(count).toBeGreaterThan(100);
  });

  test("whatever a log promises", async () => {
    const next = seeded(15);
    const count = await taken(600, mockRoot, (round) => {
      const json = structuredClone(round % 2 === 0 ? promised : overFile);
      const [entry] = json.verificationMaterial["tlogEntries"] as Record<string, unknown>[];
      if (entry) resignPromise(entry, sigstore.keys.log, next);
      return json;
    });
    expect(count).toBeGreaterThan(100);
  });

  test("whatever is changed in the trusted root", async () => {
    const next = seeded(16);
    let count = 0;
    for (let round = 0; round < 150; round++) {
      const [json, original] =
        round % 2 === 0 ? [services, readJson("services/trusted_root.json")] : [promised, sigstore.root];
      const changed = structuredClone(original);
      for (let times = next(3); times >= 0; times--) mutate(changed, next);
      let root: TrustedRoot;
      try {
        root = parseTrustedRoot(changed, "changed");
      } catch {
        continue;
      }
      if (await isQuick(json, root)) count++;
    }
    expect(count).toBeGreaterThan(10);
  });
});

interface KeylessMaterial {
  readonly certificate: { rawBytes: string };
  readonly tlogEntries: readonly Record<string, unknown>[];
}

function changeAt(
  json: unknown,
  [name, ...path]: readonly (string | number)[],
  change: (text: string) => string,
): void {
  const record = json as Record<string | number, unknown>;
  if (name === undefined) return;
  if (path.length > 0) changeAt(record[name], path, change);
  else record[name] = change(String(record[name]));
}
