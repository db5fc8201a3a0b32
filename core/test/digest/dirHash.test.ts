import { createHash } from "node:crypto";
import { dirHash, pulumiArchiveOfFiles } from "../../src/digest/index.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("dirHash", () => {
  test("is what Go's own test expects of Hash1", () => {
    // golang.org/x/mod/sumdb/dirhash/hash_test.go, TestHash1
    const expected = createHash("sha256")
      .update(
        `${sha256("data for xyz")}  xyz\n${sha256("data for abc")}  abc\n`
          .split(/(?<=\n)/)
          .reverse()
          .join(""),
      )
      .digest("hex");
    expect(
      dirHash([
        { name: "xyz", sha256: sha256("data for xyz") },
        { name: "abc", sha256: sha256("data for abc") },
      ]),
    ).toBe(expected);
  });

  test("sorts names by their bytes, not by UTF-16", () => {
    const names = ["a", "a-b", "a/b", "\u00e9", "\uff61", "\u{1f600}"];
    const lines = names.map((name) => `${sha256(name)}  ${name}\n`).join("");
    const files = names.map((name) => ({ name, sha256: sha256(name) })).reverse();
    expect(dirHash(files)).toBe(sha256(lines));
  });

  test("refuses a name with a line feed, as Go does", async () => {
    await expect(async () => dirHash([{ name: "a\nb", sha256: sha256("") }])).rejects.toMatchObject({
      code: "artifact-name-newline",
    });
  });
});

test("pulumiArchiveOfFiles of nothing is the hash by which the engine knows an empty archive", () => {
  // IsAssets in pulumi/sdk/go/common/resource/archive
  expect(pulumiArchiveOfFiles([])).toBe("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
});
