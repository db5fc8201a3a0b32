import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fnseal, signingFolder } from "./run.ts";

export type Files = Readonly<Record<string, string | Buffer>>;

export function put(cwd: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
}

export async function folderWith(files: Files): Promise<string> {
  const cwd = await signingFolder("a", "b");
  put(cwd, files);
  return cwd;
}

export const sign = (cwd: string, ...args: string[]) => fnseal(["sign", ...args, "--key", "a.key"], { cwd });
export const verify = (cwd: string, ...args: string[]) =>
  fnseal(["verify", ...args, "--key", "a.pub"], { cwd });
export const codeOf = (ran: Awaited<ReturnType<typeof fnseal>>): unknown =>
  /\[([a-z-]+)\]/.exec(ran.stdout + ran.stderr)?.[1];
