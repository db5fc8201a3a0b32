import { CONFIGURATION_FIELDS } from "../configuration/fields.ts";
import { messageOf } from "../errors.ts";
import { type CompilePattern, type ReadText, readKey, resolveAuthorities } from "./authorities.ts";
import { deploymentProblems } from "./deploymentProblems.ts";
import { type Problem, TrustPolicyError } from "./problems.ts";
import { attestationRules } from "./resolveAttestations.ts";
import { resolveException, resolveScope } from "./scope.ts";
import type { RuleDocument, TrustPolicyDocument } from "./schema.ts";
import { parseTrustedRoot, publicGoodTrustedRoot } from "./trustedRoot.ts";
import type { Authority, Revocation, Rule, SignedBy, TrustPolicy } from "./types.ts";

export interface LoadOptions {
  /** What errors call the document, for example its path. */
  readonly where: string;
  /** Reads files that the document names. */
  readonly readText: ReadText;
}

/**
 * A document that the schema has passed, as a trust policy: names are resolved, keys are read.
 *
 * @param compile makes a pattern of what the schema has passed as one
 * @throws TrustPolicyError (`trust-policy-invalid`) with every problem and its path
 */
export function resolveTrustPolicy(
  document: TrustPolicyDocument,
  options: LoadOptions,
  compile: CompilePattern,
): TrustPolicy {
  const problems: Problem[] = [];
  const authorities = resolveAuthorities(document, options.readText, compile, problems);
  const trustedRoot = resolveTrustedRoot(document.trustedRoot, options.readText, problems);
  const policy: TrustPolicy = {
    authorities,
    rules: document.rules.flatMap((rule, index) => resolveRule(rule, index, document, authorities, problems)),
    noRuleMatches: document.noRuleMatches ?? "reject",
    exceptions: (document.exceptions ?? []).map((exception, index) => {
      problems.push(...deploymentProblems(exception, `exceptions[${index}]`));
      return resolveException(exception);
    }),
    revocations: resolveRevocations(document, options.readText, problems),
    trustedLayers: (document.trustedLayers ?? []).map(({ arn }) => arn),
    allowedEnvironment: (document.allowedEnvironment ?? []).map((entry) => ({
      variable: entry.variable,
      values: entry.values,
      reason: entry.reason,
      scope: resolveScope({
        functions: entry.functions,
        layers: undefined,
        accounts: entry.accounts,
        regions: entry.regions,
        tags: undefined,
      }),
    })),
    sealKeys: document.sealKeys ?? [],
    // Read only where a signature needs it: most are made with keys.
    get trustedRoot() {
      return trustedRoot();
    },
  };
  if (problems.length > 0) throw new TrustPolicyError(options.where, problems);
  return policy;
}

function resolveRule(
  rule: RuleDocument,
  index: number,
  document: TrustPolicyDocument,
  authorities: ReadonlyMap<string, Authority>,
  problems: Problem[],
): Rule[] {
  const resolve = (signedBy: RuleDocument["signedBy"], path: string): SignedBy =>
    resolveSignedBy(signedBy, `rules[${index}]${path}.signedBy`, document, authorities, problems);
  problems.push(...deploymentProblems(rule, `rules[${index}]`));
  const resolved: Rule = {
    name: rule.name ?? `rules[${index}]`,
    scope: resolveScope(rule),
    signedBy: resolve(rule.signedBy, ""),
    accept: new Set(rule.accept ?? ["fnseal"]),
    maximumAge: rule.maximumAge,
    transparencyLog: rule.transparencyLog,
    timestamp: rule.timestamp,
    onExpired: rule.onExpired ?? "reject",
    allowedExclusions: rule.allowedExclusions,
    requireSeal: rule.requireSeal === true ? CONFIGURATION_FIELDS : (rule.requireSeal ?? []),
    runtime: rule.runtime && {
      actions: rule.runtime.actions,
      blockAlso: new Set(rule.runtime.blockAlso ?? []),
    },
  };
  const attested = attestationRules(rule.attestations ?? [], resolved, ({ signedBy }, place) =>
    signedBy === undefined ? resolved.signedBy : resolve(signedBy, `.attestations[${place}]`),
  );
  return [resolved, ...attested];
}

function resolveSignedBy(
  signedBy: RuleDocument["signedBy"],
  path: string,
  document: TrustPolicyDocument,
  authorities: ReadonlyMap<string, Authority>,
  problems: Problem[],
): SignedBy {
  const { names, atLeast } = toThreshold(signedBy);
  const of: Authority[] = [];
  for (const name of names) {
    const authority = authorities.get(name);
    if (authority) of.push(authority);
    else if (!Object.hasOwn(document.authorities, name)) {
      const known = Object.keys(document.authorities).join(", ");
      problems.push({ path, message: `"${name}" is none of the authorities (${known || "there are none"})` });
    }
  }
  if (new Set(names).size < names.length) problems.push({ path, message: "names an authority twice" });
  if (atLeast > names.length) problems.push({ path, message: `asks for ${atLeast} of ${names.length}` });
  return { atLeast, of };
}

function toThreshold(signedBy: RuleDocument["signedBy"]): { names: readonly string[]; atLeast: number } {
  if (typeof signedBy === "string") return { names: [signedBy], atLeast: 1 };
  if ("any" in signedBy) return { names: signedBy.any, atLeast: 1 };
  if ("all" in signedBy) return { names: signedBy.all, atLeast: signedBy.all.length };
  return { names: signedBy.of, atLeast: signedBy.atLeast };
}

function resolveRevocations(
  document: TrustPolicyDocument,
  readText: ReadText,
  problems: Problem[],
): Revocation[] {
  return (document.revocations ?? []).flatMap((entry, index): Revocation[] => {
    const path = `revocations[${index}]`;
    if ("digest" in entry) {
      if (!entry.digest.sha256 && !entry.digest.dirHash)
        problems.push({ path: `${path}.digest`, message: "is empty" });
      return [{ kind: "digest", ...dropUndefined(entry.digest), reason: entry.reason }];
    }
    if ("identity" in entry) return [{ kind: "identity", ...entry.identity, reason: entry.reason }];
    if ("authority" in entry) {
      if (!Object.hasOwn(document.authorities, entry.authority)) {
        problems.push({
          path: `${path}.authority`,
          message: `"${entry.authority}" is none of the authorities`,
        });
      }
      return [
        { kind: "authority", ...dropUndefined(entry), authority: entry.authority, reason: entry.reason },
      ];
    }
    if (/^[0-9a-f]{64}$/.test(entry.key))
      return [{ kind: "key", fingerprint: entry.key, reason: entry.reason }];
    const key = readKey(entry.key, `${path}.key`, readText, problems);
    return key ? [{ kind: "key", fingerprint: key.fingerprint, reason: entry.reason }] : [];
  });
}

function resolveTrustedRoot(
  value: TrustPolicyDocument["trustedRoot"],
  readText: ReadText,
  problems: Problem[],
): () => TrustPolicy["trustedRoot"] {
  if (value === undefined || value === "public-good") return publicGoodTrustedRoot;
  try {
    const isPath = typeof value === "string";
    const root = parseTrustedRoot(
      isPath ? JSON.parse(readText(value)) : value,
      isPath ? `the file ${value}` : "the value",
    );
    return () => root;
  } catch (thrown) {
    problems.push({ path: "trustedRoot", message: messageOf(thrown) });
    return () => undefined;
  }
}

function dropUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
