import { execFileSync } from "node:child_process";
import { truncateSync } from "node:fs";
import { type DigestSet, digestPath, signStatement } from "@fnseal/core";
import type { Result } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { hasStackTrace, messageAbout, passed, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, put, signDigests, signPredicate, type Signer } from "../support/signing.ts";

const SCAN = "https://cosign.sigstore.dev/attestation/vuln/v1";

interface Given {
  readonly ci: Signer;
  readonly stranger: Signer;
  /** Of the function's own code. */
  readonly digests: DigestSet;
  readonly good: string;
  /** Where the bundle beside the code is to lie. */
  readonly path: string;
}

interface Case {
  readonly what: string;
  readonly name: string;
  /** Missing where it passes. */
  readonly code?: string;
  /** What lies beside the code; each gets a name of its own. */
  readonly bundles?: (given: Given) => readonly (string | Promise<string>)[];
  /** Changes what was written. */
  readonly then?: (given: Given) => void;
}

/** A field of the bundle's JSON changed. */
const changed = (bundle: string, change: object): string =>
  JSON.stringify({ ...(JSON.parse(bundle) as object), ...change });

const hintOf = ({ key }: Signer): string => key.publicKey.hint;

const envelopeOf = (bundle: string): { signatures: unknown[] } =>
  (JSON.parse(bundle) as { dsseEnvelope: { signatures: unknown[] } }).dsseEnvelope;

const signed = (signer: Signer, statement: object): Promise<string> =>
  signStatement(JSON.stringify({ _type: "https://in-toto.io/Statement/v1", ...statement }), signer.key);

const cases: readonly Case[] = [
  { what: "no bundle", name: "none", code: "bundle-not-found" },
  {
    what: "a bundle for something else",
    name: "other",
    code: "bundle-other-artifact",
    bundles: ({ ci }) => [signDigests(ci, { dirHash: "0".repeat(64) })],
  },
  {
    what: "a key that the policy does not name",
    name: "stranger",
    code: "signer-not-trusted",
    bundles: ({ stranger, digests }) => [signDigests(stranger, digests)],
  },
  {
    what: "a stranger's signature under the name of a trusted key",
    name: "impostor",
    code: "signature-invalid",
    bundles: ({ ci, stranger, digests }) => [
      signDigests(stranger, digests).then((bundle) => bundle.replace(hintOf(stranger), hintOf(ci))),
    ],
  },
  {
    what: "another function's bundle",
    name: "other-function",
    code: "function-not-covered",
    bundles: ({ ci, digests }) => [signDigests(ci, digests, { functions: ["orders-*"] })],
  },
  {
    what: "a bundle for layers only",
    name: "for-layers",
    code: "function-not-covered",
    bundles: ({ ci, digests }) => [signDigests(ci, digests, { functions: [] })],
  },
  {
    what: "a good bundle among bad ones",
    name: "among-bad",
    bundles: ({ good, stranger, digests }) => [
      "{",
      "[]",
      signDigests(stranger, digests),
      good,
      good.slice(0, 90),
    ],
  },
  {
    what: "a good bundle behind bad ones in a .jsonl",
    name: "lines",
    then: ({ path, good }) => put(path.replace(/0\.sigstore\.json$/, "sigstore.jsonl"), `{\n\n[]\n${good}`),
  },
  { what: "a bundle that is not JSON", name: "not-json", code: "bundle-not-json", bundles: () => ["hello"] },
  {
    what: "a bundle that is JSON but no object",
    name: "array",
    code: "bundle-malformed",
    bundles: () => ["[]"],
  },
  { what: "an empty bundle", name: "empty", code: "bundle-not-json", bundles: () => [""] },
  {
    what: "a bundle that is cut short",
    name: "cut",
    code: "bundle-truncated",
    bundles: ({ good }) => [good.slice(0, good.length / 2)],
  },
  {
    what: "a bundle of 100 MB",
    name: "large",
    code: "bundle-too-large",
    bundles: ({ good }) => [good],
    then: ({ path }) => truncateSync(path, 100 << 20),
  },
  {
    what: "a pipe in place of a bundle",
    name: "pipe",
    code: "bundle-unreadable",
    then: ({ path }) => execFileSync("mkfifo", [path]),
  },
  {
    what: "a bundle of an unknown version",
    name: "version",
    code: "bundle-unknown-version",
    bundles: ({ good }) => [changed(good, { mediaType: "application/vnd.dev.sigstore.bundle.v9+json" })],
  },
  {
    what: "cosign's old format",
    name: "old-cosign",
    code: "bundle-legacy-cosign",
    bundles: () => [JSON.stringify({ base64Signature: "AA==", cert: "", rekorBundle: {} })],
  },
  {
    what: "a bundle with two signatures",
    name: "two-signatures",
    code: "bundle-several-signatures",
    bundles: ({ good }) => {
      const envelope = envelopeOf(good);
      const signatures = [...envelope.signatures, ...envelope.signatures];
      return [changed(good, { dsseEnvelope: { ...envelope, signatures } })];
    },
  },
  {
    what: "a bundle without a signature",
    name: "no-signature",
    code: "bundle-several-signatures",
    bundles: ({ good }) => [changed(good, { dsseEnvelope: { ...envelopeOf(good), signatures: [] } })],
  },
  {
    what: "a payload that is no in-toto statement",
    name: "payload",
    code: "bundle-payload-unknown",
    bundles: ({ good }) => [
      changed(good, { dsseEnvelope: { ...envelopeOf(good), payloadType: "text/plain" } }),
    ],
  },
  {
    what: "a statement without a subject",
    name: "no-subject",
    code: "statement-no-subject",
    bundles: ({ ci }) => [signed(ci, { subject: [], predicateType: SCAN, predicate: {} })],
  },
  {
    what: "a later version of fnseal's own statement",
    name: "predicate",
    code: "statement-predicate-unknown",
    bundles: ({ ci, digests }) => [signPredicate(ci, digests, "https://fnseal.dev/code-signature/v9")],
  },
  {
    what: "a statement of fnseal's with an unknown field, which may be a limit",
    name: "field",
    code: "statement-malformed",
    bundles: ({ ci, digests }) => [
      signed(ci, {
        subject: [{ name: "code", digest: digests }],
        predicateType: "https://fnseal.dev/code-signature/v1",
        predicate: { functions: ["*"], layers: [], signedAt: "2026-01-01T00:00:00Z", onlyOnMondays: true },
      }),
    ],
  },
  {
    what: "a predicate that nobody knows",
    name: "unknown-type",
    code: "type-not-accepted",
    bundles: ({ ci, digests }) => [signPredicate(ci, digests, "https://example.com/made-up")],
  },
];

describe("the bundles beside the code", () => {
  const { project: newProject } = projects();
  let result: Result;

  beforeAll(async () => {
    const [ci, stranger] = [newSigner(), newSigner()];
    const project = await newProject(
      cases.map(({ name }) => `fn("${name}", { code: zip("./${name}") });`).join("\n"),
    );
    for (const { name, bundles, then } of cases) {
      const folder = within(project, name);
      put(`${folder}/index.js`, name);
      const { digests } = await digestPath(folder);
      const path = `${folder}.0.sigstore.json`;
      const given: Given = { ci, stranger, digests, good: await signDigests(ci, digests), path };
      for (const [index, bundle] of (bundles?.(given) ?? []).entries()) {
        put(`${folder}.${index}.sigstore.json`, await bundle);
      }
      then?.(given);
    }
    result = await project.preview({ policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }) })] });
  });

  test.each(cases.filter(({ code }) => code !== undefined))("$what is rejected: $code", ({ name, code }) => {
    expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [${code ?? ""}]`]);
  });

  test.each(cases.filter(({ code }) => code === undefined))("$what passes", ({ name }) => {
    expect(passed(result, name, "lambda-code-signed")).toBe(true);
  });

  test("where there is no bundle the message says what was looked for, where, and how to sign", () => {
    const message = messageAbout(result, "none");
    expect(message).toMatch(/^\[bundle-not-found\] code \.\/none is rejected for function "none"/);
    expect(message).toMatch(/^ {2}looked for: dirHash [0-9a-f]{64}$/m);
    expect(message).toMatch(/^ {2}looked in: .*\/none\.\*sigstore\.json$/m);
    expect(message).toContain("npx fnseal sign none");
  });

  test("the message for another function's bundle says for which it is, and how to sign for this one", () => {
    const message = messageAbout(result, "other-function");
    expect(message).toContain("it is for functions orders-*");
    expect(message).toContain("npx fnseal sign other-function --function other-function");
  });

  test("nothing else is reported, the preview fails, and no stack trace is shown", () => {
    expect(reportsOf(result)).toHaveLength(cases.filter(({ code }) => code !== undefined).length);
    expect(result.exitCode).not.toBe(0);
    expect(hasStackTrace(result)).toBe(false);
  });
});
