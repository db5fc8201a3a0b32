import { FnsealError, messageOf } from "@fnseal/core";
import { withoutTokens } from "@fnseal/core/text";
import type { Environment } from "../environment.ts";
import { askProvider } from "./provider.ts";

/** Fulcio's audience. Source: sigstore/fulcio, docs/oidc.md. */
export const AUDIENCE = "sigstore";

const TIMEOUT = 20_000;

/** A token of the place that this runs in. */
export interface AmbientToken {
  readonly raw: string;
  /** Whether it was made just now, for this run. */
  readonly isFresh: boolean;
}

/** A place that may know who runs this. `undefined` where it is not that place. */
type Source = (environment: Environment) => Promise<string> | undefined;

/**
 * The identity token of the CI that this runs in: GitHub Actions, GitLab CI (and whoever else sets SIGSTORE_ID_TOKEN),
 * Buildkite, CircleCI.
 *
 * @returns `undefined` where it is none of them
 * @throws FnsealError `identity-token-missing` where it is one and gives no token, `identity-provider-unreachable`
 */
export async function ambientToken(environment: Environment): Promise<AmbientToken | undefined> {
  for (const source of [fromVariable, fromGitHub, fromBuildkite, fromCircle]) {
    const raw = await source(environment);
    if (raw !== undefined) return { raw, isFresh: source !== fromVariable };
  }
  return undefined;
}

/** GitLab puts tokens into variables that the job names; this is the one that Sigstore's clients look at. */
const fromVariable: Source = ({ env }) => {
  const token = env["SIGSTORE_ID_TOKEN"];
  return token === undefined || token === "" ? undefined : Promise.resolve(token);
};

/** Source: GitHub, "OpenID Connect reference", requesting the JWT. */
const fromGitHub: Source = ({ env }) => {
  if (env["GITHUB_ACTIONS"] !== "true") return undefined;
  const url = env["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const bearer = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (!url || !bearer) {
    throw missing(
      "this GitHub Actions job may not ask for identity tokens: it lacks `permissions: id-token: write`",
    );
  }
  return requestToken(url, bearer);
};

async function requestToken(url: string, bearer: string): Promise<string> {
  if (!URL.canParse(url)) throw missing("ACTIONS_ID_TOKEN_REQUEST_URL is not a URL");
  const target = new URL(url);
  target.searchParams.set("audience", AUDIENCE);
  const headers = { accept: "application/json", authorization: `Bearer ${bearer}` };
  const response = await askProvider(target, "GitHub's token service", { headers });
  if (!response.ok) throw missing(`GitHub gives no identity token: it answers ${response.status}`);
  const answer: unknown = await response.json().catch(() => undefined);
  const value = typeof answer === "object" && answer !== null && "value" in answer ? answer.value : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw missing("GitHub gives no identity token: its answer holds none");
}

/** Source: Buildkite, "buildkite-agent oidc". */
const fromBuildkite: Source = (environment) =>
  environment.env["BUILDKITE"] === "true"
    ? byProgram(environment, "buildkite-agent", ["oidc", "request-token", "--audience", AUDIENCE])
    : undefined;

/** Source: CircleCI, "OpenID Connect tokens with custom claims". */
const fromCircle: Source = (environment) =>
  environment.env["CIRCLECI"] === "true"
    ? byProgram(environment, "circleci", [
        "run",
        "oidc",
        "get",
        "--claims",
        JSON.stringify({ aud: AUDIENCE }),
      ])
    : undefined;

async function byProgram(
  { capture }: Environment,
  program: string,
  args: readonly string[],
): Promise<string> {
  try {
    const token = (await capture(program, args, TIMEOUT)).trim();
    if (token !== "") return token;
  } catch (cause) {
    throw missing(`\`${program}\` gives no identity token: ${withoutTokens(messageOf(cause))}`, cause);
  }
  throw missing(`\`${program}\` gives no identity token`);
}

function missing(message: string, cause?: unknown): FnsealError {
  return new FnsealError("identity-token-missing", message, { cause });
}
