import { FnsealError } from "@fnseal/core";
import type { Command } from "commander";
import type { Environment, Input } from "./environment.ts";
import { usageError } from "./errors.ts";
import { canPrompt, promptHidden } from "./prompt.ts";

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

/** What a command's help says about passwords. */
export const PASSWORD_HELP =
  "The private key's password is taken from FNSEAL_PASSWORD or COSIGN_PASSWORD, from standard input with\n" +
  "--password-stdin (one line break at its end is not part of it), or asked for in a terminal.";

export function addPasswordOption(command: Command): Command {
  return command.option("--password-stdin", "read the private key's password from standard input");
}

/** Longer ones are a file that was piped in by mistake. In bytes. */
const LONGEST_PASSWORD = 64 << 10;

/**
 * The private key's password. An empty one is a password, as it is for cosign; none at all is an error.
 *
 * @param purpose `new` asks twice, so that nobody locks a key with a slip of the finger
 * @throws FnsealError `key-password-missing`, `usage-invalid`
 */
export async function readPassword(
  environment: Environment,
  options: PasswordOptions,
  purpose: "new" | "existing",
  where: string,
): Promise<string> {
  const { env, stdin } = environment;
  if (options.passwordStdin && stdin.isTTY !== true) return readAll(stdin);
  const given = options.passwordStdin ? undefined : (env["FNSEAL_PASSWORD"] ?? env["COSIGN_PASSWORD"]);
  if (given !== undefined) return given;
  if (!canPrompt(environment))
    throw new FnsealError("key-password-missing", `no password was given for ${where}`);
  if (purpose === "existing") return promptHidden(environment, `Password for ${where}: `);
  const password = await promptHidden(environment, `New password for ${where}: `);
  const again = await promptHidden(environment, "The same again: ");
  if (password !== again) throw usageError("the two passwords differ; nothing was written");
  return password;
}

async function readAll(stdin: Input): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > LONGEST_PASSWORD) throw usageError("what came on standard input is too long for a password");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
