import { fnseal, folderWith, jsonOf, removeFolders } from "../support/run.ts";

afterAll(removeFolders);

/** Nothing of this reaches AWS: it is wrong before. */
const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["unblock without --all", ["unblock", "--reason", "INC-42"], /say --all/],
  ["unblock without a reason", ["unblock", "--all"], /--reason must say why/],
  ["pause without an end", ["pause", "--reason", "INC-42"], /--until must say when it ends/],
  ["pause without a reason", ["pause", "--until", "8h"], /--reason must say why/],
  ["pause for too long", ["pause", "--reason", "INC-42", "--until", "73h"], /more than 72 hours/],
  ["pause with an end, ended", ["pause", "--until", "8h", "--end"], /exclude each other/],
  ["release of nothing", ["release"], /missing required argument/],
  [
    "release for too long",
    ["release", "orders", "--reason", "INC-42", "--until", "4d"],
    /more than 72 hours/,
  ],
  ["release until yesterday", ["release", "o", "--reason", "why", "--until", "2030-01-14"], /in the past/],
  ["release of no name", ["release", "a b", "--reason", "why", "--until", "8h"], /neither a function's name/],
  ["status of no name", ["status", "a b"], /neither a function's name/],
  ["push of nothing", ["push"], /missing required argument/],
  ["push to no bucket", ["push", "x", "--no-verify", "--store", "acme"], /must be s3:\/\/BUCKET/],
  ["scan in no region", ["scan", "--region", "Frankfurt"], /is no AWS region/],
];

describe("the commands for deployed functions", () => {
  test.each(WRONG)("%s is wrong usage", async (_what, args, message) => {
    const ran = await fnseal(args, { cwd: folderWith() });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(message);
  });

  test("scan refuses to replace what is no baseline and no SARIF, before it asks AWS", async () => {
    const cwd = folderWith({ "notes.txt": "mine" });
    for (const option of ["--baseline", "--sarif"]) {
      const ran = await fnseal(["scan", option, "notes.txt", "--json"], { cwd });
      expect(ran.code).toBe(2);
      expect(jsonOf(ran).error).toMatchObject({ code: "file-exists" });
    }
  });

  test("scan does not mix two documents on standard output", async () => {
    const ran = await fnseal(["scan", "--json", "--sarif"], { cwd: folderWith() });
    expect(jsonOf(ran).error).toMatchObject({ code: "usage-invalid" });
  });

  test.each(["scan", "push", "status", "release", "pause", "unblock"])(
    "%s has help with examples",
    async (name) => {
      const ran = await fnseal([name, "--help"], { cwd: folderWith() });
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(ran.stdout).toContain(`$ fnseal ${name}`);
      expect(ran.stdout.split("\n").filter((line) => line.length > 121)).toEqual([]);
    },
  );
});
