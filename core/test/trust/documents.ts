/** Trust policies for tests: a smallest one, variations of it, and the files that it may name. */
import { generateKeyPairSync } from "node:crypto";
import { loadTrustPolicy, type TrustPolicy, TrustPolicyError } from "../../src/trust/index.ts";
import { createKey, readFrom } from "../support.ts";

export const key = createKey();
export const other = createKey();
export const privatePem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const files = {
  "fnseal.pub": key.pem,
  "other.pub": other.pem,
  "fnseal.key": privatePem,
  "notes.txt": "hello",
};

export const load = (source: unknown): TrustPolicy =>
  loadTrustPolicy(source, { where: "trust.yaml", readText: (path) => readFrom(files, path) });

/** The problems' paths; a policy that loads has none. */
export function pathsOf(source: unknown): string[] {
  return problemsOf(source).map(({ path }) => path);
}

export function problemsOf(source: unknown): TrustPolicyError["problems"] {
  try {
    load(source);
  } catch (thrown) {
    if (thrown instanceof TrustPolicyError) return thrown.problems;
    throw thrown;
  }
  return [];
}

export const minimal = {
  version: 1,
  authorities: { ci: { key: "fnseal.pub" } },
  rules: [{ signedBy: "ci" }],
};
export const withRule = (rule: object): object => ({ ...minimal, rules: [{ signedBy: "ci", ...rule }] });
export const github = {
  issuer: "https://token.actions.githubusercontent.com",
  subject: "https://github.com/a/b/.github/workflows/c.yml@refs/heads/main",
};
export const withKeyless = (keyless: object): object => ({
  ...minimal,
  authorities: { ...minimal.authorities, bot: { keyless } },
});
