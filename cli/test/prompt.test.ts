import { Interrupted } from "../src/errors.ts";
import { canPrompt, promptHidden } from "../src/prompt.ts";
import { readPassword } from "../src/password.ts";
import type { Environment } from "../src/environment.ts";
import { FakeTerminal, fnseal, NOW, removeFolders, signingFolder, Sink, PASSWORD } from "./support/run.ts";

afterAll(removeFolders);

function terminal(): { environment: Environment; stdin: FakeTerminal; stderr: Sink } {
  const stdin = new FakeTerminal();
  const stderr = new Sink(true);
  const environment: Environment = {
    ...{ argv: [], env: {}, cwd: "/", entry: undefined, now: () => NOW },
    ...{ stdin, stdout: new Sink(true), stderr, execute: () => Promise.resolve(0) },
    ...{ capture: () => Promise.resolve(""), open: () => undefined },
  };
  return { environment, stdin, stderr };
}

describe("the password prompt", () => {
  test.each([
    ["a line", "secret\r", "secret"],
    ["a line of a terminal that sends line feeds", "secret\n", "secret"],
    ["nothing", "\r", ""],
    ["corrections", "sek\u007fcret\r", "secret"],
    ["a line that was begun anew", "wrong\u0015secret\r", "secret"],
    ["letters beyond ASCII", "schlüssel🔑\r", "schlüssel🔑"],
  ])("reads %s without showing it", async (_what, typed, line) => {
    const { environment, stdin, stderr } = terminal();
    stdin.write(typed);
    expect(await promptHidden(environment, "Password: ")).toBe(line);
    expect(stderr.text).toBe("Password: \n");
    expect(stdin.modes).toEqual([true, false]);
  });

  test.each([
    ["Ctrl-C", "sec\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("gives the terminal back at %s", async (_what, typed) => {
    const { environment, stdin } = terminal();
    stdin.write(typed);
    await expect(promptHidden(environment, "Password: ")).rejects.toThrow(Interrupted);
    expect(stdin.isRaw).toBe(false);
  });

  test("gives the terminal back where the input ends", async () => {
    const { environment, stdin } = terminal();
    stdin.end("sec");
    await expect(promptHidden(environment, "Password: ")).rejects.toThrow(Interrupted);
    expect(stdin.isRaw).toBe(false);
  });

  test("asks twice for a new password, and takes what was typed ahead", async () => {
    const { environment, stdin, stderr } = terminal();
    stdin.write("secret\rsecret\r");
    expect(await readPassword(environment, {}, "new", "a.key")).toBe("secret");
    expect(stderr.text).toMatch(/^New password for a\.key: \nThe same again: \n$/);
  });

  test("refuses two that differ", async () => {
    const { environment, stdin } = terminal();
    stdin.write("secret\rsecert\r");
    await expect(readPassword(environment, {}, "new", "a.key")).rejects.toMatchObject({
      code: "usage-invalid",
    });
  });

  test("asks nobody where there is no terminal", async () => {
    const { environment } = terminal();
    expect(canPrompt(environment)).toBe(true);
    const piped = { ...environment, stderr: new Sink(false) };
    expect(canPrompt(piped)).toBe(false);
    await expect(readPassword(piped, {}, "existing", "a.key")).rejects.toMatchObject({
      code: "key-password-missing",
    });
  });

  test("opens the key once for many paths", async () => {
    const cwd = await signingFolder("a");
    const { stdin, stderr } = terminal();
    stdin.write(`${PASSWORD}\r`);
    const ran = await fnseal(["sign", "dist", "dist", "--key", "a.key"], {
      cwd,
      env: {},
      stdin,
      stderr,
    } as never);
    expect(ran.code).toBe(0);
    expect(stderr.text).toBe("Password for the key a.key: \n");
  });

  test("Ctrl-C ends the command with 130 and no file", async () => {
    const cwd = await signingFolder("a");
    const { stdin, stderr } = terminal();
    stdin.write("\u0003");
    const ran = await fnseal(["keygen"], { cwd, env: {}, stdin, stderr } as never);
    expect(ran).toMatchObject({ code: 130, stdout: "" });
  });
});
