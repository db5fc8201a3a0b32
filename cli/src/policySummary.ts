import {
  type AllowedVariable,
  type Authority,
  CONFIGURATION_FIELDS,
  DAY,
  type Exception,
  type Rule,
  type Scope,
  type TrustPolicy,
} from "@fnseal/core";

/** A trust policy for `--json`: names resolved, defaults filled in. */
export function policyJson(policy: TrustPolicy, now: Date): Record<string, unknown> {
  return {
    authorities: [...policy.authorities.values()].map(authorityJson),
    rules: policy.rules.map(({ name, scope, signedBy, accept, maximumAge, onExpired, ...rule }) => ({
      name,
      ...scopeJson(scope),
      signedBy: { atLeast: signedBy.atLeast, of: signedBy.of.map((authority) => authority.name) },
      accept: [...accept],
      maximumAgeMs: maximumAge ?? null,
      transparencyLog: rule.transparencyLog ?? null,
      timestamp: rule.timestamp ?? null,
      onExpired,
      requireSeal: rule.requireSeal,
      allowedExclusions: rule.allowedExclusions ?? [],
      attestation: attestationJson(rule.attestation),
    })),
    noRuleMatches: policy.noRuleMatches,
    exceptions: policy.exceptions.map(({ scope, reason, until }) => ({
      ...scopeJson(scope),
      reason,
      until: until.toISOString(),
      isOver: now >= until,
    })),
    revocations: policy.revocations.map(({ kind, reason }) => ({ kind, reason })),
    trustedLayers: policy.trustedLayers,
    allowedEnvironment: policy.allowedEnvironment.map(({ variable, values, scope, reason }) => ({
      ...scopeJson({ ...scope, layers: [] }),
      variable,
      values: values ?? null,
      reason,
    })),
    sealKeys: policy.sealKeys,
  };
}

function attestationJson(attestation: Rule["attestation"]): unknown {
  if (!attestation) return null;
  const { content, conditions } = attestation;
  if (content?.kind !== "vulnerability-scan") return { ...content, conditions };
  return { ...content, ignore: [...content.ignore.keys()], conditions };
}

function authorityJson(authority: Authority): Record<string, unknown> {
  switch (authority.kind) {
    case "key": {
      const keys = authority.keys.map(({ algorithm, fingerprint }) => ({ algorithm, fingerprint }));
      return { name: authority.name, kind: "key", keys, kms: authority.kms ?? null };
    }
    case "keyless": {
      const { name, issuer, subject, claims } = authority;
      const who =
        "exact" in subject ? { subject: subject.exact } : { subjectPattern: subject.pattern.pattern() };
      return { name, kind: "keyless", issuer, ...who, claims };
    }
  }
}

function scopeJson({
  functions,
  layers,
  files = [],
  programs = [],
  regions,
  accounts,
  tags,
}: Scope): Record<string, unknown> {
  return {
    functions,
    layers,
    files,
    programs,
    regions: regions ?? null,
    accounts: accounts ?? null,
    tags: tags ?? null,
  };
}

/** A trust policy as sentences. */
export function describePolicy(policy: TrustPolicy, now: Date): string[] {
  const { authorities, rules, exceptions, revocations, trustedLayers, noRuleMatches } = policy;
  const { allowedEnvironment, sealKeys } = policy;
  return [
    "  who may sign:",
    ...[...authorities.values()].flatMap(describeAuthority),
    "  rules (every one that matches must be met):",
    ...rules.map((rule) => `    ${describeRule(rule)}`),
    `  what no rule is about ${noRuleMatches === "reject" ? "is rejected" : "PASSES"}`,
    ...(exceptions.length > 0
      ? ["  exceptions:", ...exceptions.map((entry) => describeException(entry, now))]
      : []),
    ...(revocations.length > 0 ? [`  ${revocations.length} revocations`] : []),
    ...(trustedLayers.length > 0 ? ["  layers of others:", ...trustedLayers.map((arn) => `    ${arn}`)] : []),
    ...(allowedEnvironment.length > 0
      ? [
          "  variables that may be set though they change what code runs:",
          ...allowedEnvironment.map((entry) => `    ${describeVariable(entry)}`),
        ]
      : []),
    ...(sealKeys.length > 0
      ? ["  keys whose seals over values of variables count:", ...sealKeys.map((key) => `    ${key}`)]
      : []),
  ];
}

function describeAuthority(authority: Authority): string[] {
  switch (authority.kind) {
    case "key":
      return authority.keys.map(
        ({ algorithm, fingerprint }) =>
          `    ${authority.name}: ${algorithm} key ${fingerprint}${authority.kms === undefined ? "" : ` (${authority.kms})`}`,
      );
    case "keyless": {
      const { name, issuer, subject, claims } = authority;
      const who = "exact" in subject ? subject.exact : `whoever matches ${subject.pattern.pattern()}`;
      const more = Object.entries(claims).map(([claim, value]) => `, ${claim} ${value}`);
      return [`    ${name}: ${who} by ${issuer}${more.join("")}`];
    }
  }
}

function describeRule({
  name,
  scope,
  signedBy,
  accept,
  maximumAge,
  transparencyLog,
  timestamp,
  onExpired,
  requireSeal,
  attestation,
  allowedExclusions = [],
}: Rule): string {
  const names = signedBy.of.map((authority) => authority.name).join(", ");
  const who = signedBy.of.length === 1 ? names : `at least ${signedBy.atLeast} of ${names}`;
  const extras = [
    ...(accept.size === 1 && accept.has("fnseal") ? [] : [`accepting ${[...accept].join(", ")}`]),
    ...(maximumAge === undefined ? [] : [`at most ${maximumAge / DAY} days ago`]),
    ...(transparencyLog === "required" ? ["with a transparency log entry"] : []),
    ...(timestamp === "required" ? ["with a timestamp"] : []),
    ...(allowedExclusions.length > 0 ? [`which may leave out ${allowedExclusions.join(", ")}`] : []),
    ...(onExpired === "notify" ? ["expired signatures are only told"] : []),
    ...(requireSeal.length > 0 ? [`sealing ${describeSeal(requireSeal)}`] : []),
  ];
  if (attestation) {
    const { content, conditions } = attestation;
    const count = conditions.length === 0 ? [] : [`${conditions.length} conditions`];
    const what = [content?.kind ?? [...accept].join(" or "), ...count].join(" with ");
    return `${name}: ${describeScope(scope)} must have ${what} signed by ${who}`;
  }
  return `${name}: ${describeScope(scope)} must be signed by ${[who, ...extras].join(", ")}`;
}

/** All fields in a word; the list would hide what is missing from it. */
function describeSeal(parts: Rule["requireSeal"]): string {
  if (!CONFIGURATION_FIELDS.every((field) => parts.includes(field))) return parts.join(", ");
  const values = parts.includes("environmentValues") ? " with the values of variables" : "";
  return `the whole configuration${values}`;
}

function describeVariable({ variable, values, scope, reason }: AllowedVariable): string {
  const what =
    values === undefined ? "to ANY value" : `to ${values.map((one) => JSON.stringify(one)).join(" or ")}`;
  return `${variable} ${what} in ${describeScope({ ...scope, layers: [] })}: ${reason}`;
}

function describeScope({
  functions,
  layers,
  files = [],
  programs = [],
  regions,
  accounts,
  tags,
}: Scope): string {
  const what = [
    ...(functions.length > 0 ? [`functions ${functions.join(", ")}`] : []),
    ...(layers.length > 0 ? [`layers ${layers.join(", ")}`] : []),
    ...(files.length > 0 ? [`files ${files.join(", ")}`] : []),
    ...(programs.length > 0 ? [`programs ${programs.join(", ")}`] : []),
  ].join(" and ");
  const where = [
    ...(regions ?? []),
    ...(accounts ?? []),
    ...Object.entries(tags ?? {}).map((tag) => tag.join("=")),
  ];
  return `${what || "nothing"}${where.length > 0 ? ` (only ${where.join(", ")})` : ""}`;
}

function describeException({ scope, reason, until }: Exception, now: Date): string {
  return `    ${describeScope(scope)} ${now >= until ? "passed" : "pass"} until ${until.toISOString()}: ${reason}`;
}
