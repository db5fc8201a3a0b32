import { Writable } from "node:stream";
import { fnseal, NOW, removeFolders, signingFolder, Sink } from "./support/run.ts";

afterAll(removeFolders);

describe("the output", () => {
  test.each([
    ["a file", false, {}, false],
    ["a terminal", true, {}, true],
    ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, false],
    ["a file with FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
    ["a terminal with FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, false],
    ["a dumb terminal", true, { TERM: "dumb" }, false],
  ])("to %s: colours %#", async (_what, isTTY, env, hasColour) => {
    const cwd = await signingFolder();
    const stdout = new Sink(isTTY);
    await fnseal(["digest", "dist"], { cwd, env, stdout });
    expect(stdout.text.includes("\u001b[")).toBe(hasColour);
  });

  test("that nobody reads any more changes no exit code", async () => {
    const cwd = await signingFolder("a");
    const closed = failing("EPIPE");
    expect((await fnseal(["verify", "dist", "--key", "a.pub"], { cwd, stdout: closed })).code).toBe(1);
  });

  test("that cannot be written is no success", async () => {
    const cwd = await signingFolder();
    const ran = await fnseal(["digest", "dist"], { cwd, stdout: failing("ENOSPC") });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("cannot write");
  });

  test("of a failure that nobody foresaw is internal-error, undecided, without a stack trace", async () => {
    const cwd = await signingFolder();
    const now = (): Date => {
      throw new TypeError("the clock stopped");
    };
    const args = ["sign", "dist", "--dry-run"];
    const ran = await fnseal(args, { cwd, now });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(
      /^error: \[internal-error\] unexpected: the clock stopped\n {2}to mend it: .*\n$/,
    );
    const debug = await fnseal(args, { cwd, now, env: { FNSEAL_DEBUG: "1" } });
    expect(debug.stderr).toContain("    at ");
    expect((await fnseal(args, { cwd, now: () => NOW })).code).toBe(0);
  });
});

function failing(code: string): Writable {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
  stream.on("error", () => undefined);
  return stream;
}
