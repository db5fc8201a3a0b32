import { spawnSync } from "node:child_process";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

const program = join(root, "cli/dist/fnseal.cjs");
const isColoured = process.stdout.isTTY && !process.env["NO_COLOR"];

/** @param code of ANSI colours; nothing where the output is no terminal */
export const paint = (code: number, text: string): string =>
  isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;

export const say = (text = ""): void => {
  process.stdout.write(`${text}\n`);
};

export const indent = (text: string): string => text.trimEnd().replace(/^/gm, "    ");

let step = 0;

export function title(text: string): void {
  say(`\n${paint(1, `${++step}. ${text}`)}`);
}

/** What was typed. */
export function prompt(text: string): void {
  say(paint(36, `  $ ${text}`));
}

/** What to look at; red where it is not what the demo is meant to show. */
export function conclude(isAsMeant: boolean, text: string): void {
  say(paint(isAsMeant ? 32 : 31, `  → ${text}`));
  if (!isAsMeant) throw new Error("this is not what should have happened");
}

/** Runs `fnseal` as a user would. @param wanted exit codes that are no failure here */
export function fnseal(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  wanted: readonly number[] = [0],
): void {
  prompt(`fnseal ${args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)).join(" ")}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, FNSEAL_PASSWORD: "only for the demo", FNSEAL_KEY: undefined, ...env },
  });
  say(indent(`${stdout}${stderr}`.replaceAll(folder, ".")));
  if (!wanted.includes(status ?? -1)) throw new Error(`fnseal ${args[0] ?? ""} ended with ${String(status)}`);
}
