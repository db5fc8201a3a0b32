import { FnsealError, messageOf } from "@fnseal/core";
import type { Environment } from "../environment.ts";

/** Fulcio's audience. Source: sigstore/fulcio, docs/oidc.md. */
export const AUDIENCE = "sigstore";

const TIMEOUT = 20_000;

/** A place that may know who runs this. `undefined` where it is not that place. */
type Source = (environment: Environment) => Promise<string> | undefined;

/**
 * The identity token of the CI that this runs in: GitHub Actions, GitLab CI (and whoever else sets SIGSTORE_ID_TOKEN),
 * Buildkite, CircleCI.
 *
 * @returns `undefined` where it is none of them
 * @throws FnsealError `identity-token-missing` where it is one and gives no token
 */
export async function ambientToken(environment: Environment): Promise<string | undefined> {
  for (const source of [fromVariable, fromGitHub, fromBuildkite, fromCircle]) {
    const token = await source(environment);
    if (token !== undefined) return token;
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
  const target = new URL(url);
  target.searchParams.set("audience", AUDIENCE);
  try {
    const response = await fetch(target, {
      headers: { accept: "application/json", authorization: `Bearer ${bearer}` },
      signal: AbortSignal.timeout(TIMEOUT),
      redirect: "error",
    });
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    const answer = (await response.json()) as { readonly value?: unknown };
    if (typeof answer.value === "string") return answer.value;
  } catch (cause) {
    throw missing(`GitHub gives no identity token: ${messageOf(cause)}`, cause);
  }
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
    throw missing(`\`${program}\` gives no identity token: ${messageOf(cause)}`, cause);
  }
  throw missing(`\`${program}\` gives no identity token`);
}

function missing(message: string, cause?: unknown): FnsealError {
  return new FnsealError("identity-token-missing", message, { cause });
}
