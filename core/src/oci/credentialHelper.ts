import { spawn } from "node:child_process";
import * as z from "zod";
import { FnsealError, systemCode } from "../errors.ts";
import { lazy } from "../lazy.ts";
import { printableLine } from "../text.ts";
import type { Credentials } from "./credentials.ts";

/** Milliseconds: a helper may have to ask a cloud. */
const TIMEOUT = 30_000;
const MOST_BYTES = 1 << 20;

// Source: docker-credential-helpers, README "Development" and credentials/error.go.
const answerSchema = lazy(() => z.object({ Username: z.string(), Secret: z.string() }));
const NOT_FOUND = "credentials not found in native keychain";
/** The user name that says that the secret is a refresh token. */
const TOKEN_USER = "<token>";

/**
 * Asks the program `docker-credential-NAME` on PATH for a server's credentials.
 *
 * @returns `undefined` where it has none
 * @throws FnsealError `registry-credentials-invalid`; never with what the helper printed beyond its first line of errors
 */
export async function askHelper(
  name: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  // As part of a program's name only: a path would start whatever it leads to.
  if (!/^[\w.-]+$/.test(name)) throw failed(name, "is no name of a helper");
  const { code, output } = await run(`docker-credential-${name}`, server, env, name);
  if (code !== 0) {
    // By convention the helper's error stands on standard output.
    if (output.includes(NOT_FOUND)) return undefined;
    throw failed(name, `failed: ${printableLine(output.split("\n")[0] ?? "").slice(0, 200)}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    throw failed(name, "gives no JSON");
  }
  const answer = answerSchema().safeParse(json);
  if (!answer.success) throw failed(name, "gives neither Username nor Secret");
  const { Username: username, Secret: secret } = answer.data;
  if (username === "" && secret === "") return undefined;
  return username === TOKEN_USER
    ? { kind: "identity", token: secret }
    : { kind: "password", username, password: secret };
}

function run(
  program: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { env, stdio: ["pipe", "pipe", "ignore"], windowsHide: true });
    // Not spawn's own limit: its timer stays where the program cannot be started, and the process with it.
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.length > MOST_BYTES) child.kill("SIGKILL");
    });
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(failed(name, systemCode(cause) === "ENOENT" ? "is not on PATH" : "cannot be started"));
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
    // A helper that ends without reading is no error of the pipe's.
    child.stdin.on("error", () => undefined);
    child.stdin.end(server);
  });
}

function failed(name: string, what: string): FnsealError {
  return new FnsealError("registry-credentials-invalid", `docker-credential-${printableLine(name)} ${what}`);
}
