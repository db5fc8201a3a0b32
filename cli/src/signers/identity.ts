import { resolve } from "node:path";
import { FnsealError } from "@fnseal/core";
import { type IdentityToken, readIdentityToken } from "@fnseal/core/keyless";
import type { Environment } from "../environment.ts";
import { readTextFile } from "../files.ts";
import { usageError } from "../errors.ts";
import { ambientToken } from "./ambientToken.ts";
import { browserToken } from "./browserToken.ts";

export interface TokenOptions {
  readonly identityTokenFile?: string;
  readonly identityTokenEnv?: string;
}

/**
 * Who signs: the token that is named, that of the CI, or a person at a browser.
 *
 * @param provider where a person can log in
 * @throws FnsealError `usage-invalid`, `file-unreadable`, `identity-token-…`, `identity-provider-unreachable`, `clock-differs`
 */
export async function findIdentity(
  environment: Environment,
  options: TokenOptions,
  provider: string | undefined,
): Promise<IdentityToken> {
  const given = named(environment, options);
  if (given !== undefined) return readIdentityToken(given, environment.now());
  const { raw, isFresh } = (await ambientToken(environment)) ?? {
    raw: await atBrowser(environment, provider),
    isFresh: true,
  };
  return readIdentityToken(raw, environment.now(), isFresh);
}

function named({ cwd, env }: Environment, options: TokenOptions): string | undefined {
  const { identityTokenFile: file, identityTokenEnv: name } = options;
  if (file !== undefined && name !== undefined) {
    throw usageError("--identity-token-file and --identity-token-env exclude each other");
  }
  if (file !== undefined) {
    const text = readTextFile(resolve(cwd, file), "the identity token");
    if (text.trim() !== "") return text;
    throw new FnsealError("identity-token-missing", `the file ${file} is empty`);
  }
  if (name === undefined) return undefined;
  const token = env[name];
  if (token !== undefined && token.trim() !== "") return token;
  throw new FnsealError("identity-token-missing", `the environment variable ${name} holds no identity token`);
}

function atBrowser(environment: Environment, provider: string | undefined): Promise<string> {
  if (provider !== undefined && environment.stderr.isTTY === true && !environment.env["CI"]) {
    return browserToken(environment, provider);
  }
  throw new FnsealError(
    "identity-token-missing",
    "no CI that gives identity tokens was recognised, and there is no terminal to log in from",
  );
}
