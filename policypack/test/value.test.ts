import { known, property, textProperty, toArchive } from "../src/engine/value.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270" };
const ASSET = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17" };
const ARCHIVE = { [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7" };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("properties", () => {
  test.each([
    ["given", "x", { kind: "known", value: "x" }],
    ["secret", { ...SECRET, value: "x" }, { kind: "known", value: "x" }],
    ["a secret in a secret", { ...SECRET, value: { ...SECRET, value: "x" } }, { kind: "known", value: "x" }],
    ["unknown", UNKNOWN, { kind: "unknown" }],
    ["secret and unknown", { ...SECRET, value: UNKNOWN }, { kind: "unknown" }],
    ["empty", "", { kind: "absent" }],
    ["null", null, { kind: "absent" }],
  ])("that are %s", (_, value, expected) => {
    expect(property({ value }, "value")).toEqual(expected);
  });

  test("that are not there are absent, whatever every object inherits", () => {
    expect(property({}, "toString")).toEqual({ kind: "absent" });
  });

  test("of another type than text are absent texts", () => {
    expect(textProperty({ value: 1 }, "value")).toEqual({ kind: "absent" });
    expect(known(textProperty({ value: UNKNOWN }, "value"))).toBeUndefined();
  });
});

describe("archives on the wire", () => {
  test.each([
    ["a path", { ...ARCHIVE, path: "./code" }, { kind: "archive-file", path: "./code" }],
    ["a URL", { ...ARCHIVE, uri: "https://a/b.zip" }, { kind: "archive-remote", uri: "https://a/b.zip" }],
    ["a file", { ...ASSET, path: "a.js" }, { kind: "file", path: "a.js" }],
    ["a text", { ...ASSET, text: "1" }, { kind: "text", text: "1" }],
    ["an empty text", { ...ASSET, hash: SHA256_OF_NOTHING }, { kind: "text", text: "" }],
    [
      "assets, in their order",
      { ...ARCHIVE, assets: { b: { ...ASSET, text: "1" }, a: { ...ARCHIVE, path: "x" } } },
      {
        kind: "archive-assets",
        entries: new Map<string, object>([
          ["b", { kind: "text", text: "1" }],
          ["a", { kind: "archive-file", path: "x" }],
        ]),
      },
    ],
  ])("%s", (_, wire, archive) => {
    expect(toArchive({ ...wire, hash: "h", ...("hash" in wire && wire) })).toMatchObject({
      archive,
      hasUnknown: false,
    });
  });

  test("keep the engine's claim of the hash, also inside a secret", () => {
    expect(toArchive({ ...SECRET, value: { ...ARCHIVE, path: "x", hash: "h" } })).toMatchObject({
      hash: "h",
    });
    expect(toArchive({ ...ARCHIVE, path: "x" })?.hash).toBeUndefined();
  });

  test("with an unknown member are unknown", () => {
    const assets = { a: { ...ASSET, text: "1" }, b: UNKNOWN };
    expect(toArchive({ ...ARCHIVE, assets })).toMatchObject({ hasUnknown: true });
  });

  test.each([
    [
      "a path and assets",
      { ...ARCHIVE, path: "x", assets: { a: { ...ASSET, text: "1" } } },
      ["path", "assets"],
    ],
    [
      "a member's path and text",
      { ...ARCHIVE, assets: { a: { ...ASSET, path: "x", text: "1" } } },
      ["path", "text"],
    ],
  ])("that are given in two ways contradict themselves: %s", (_, wire, ways) => {
    expect(toArchive(wire)?.contradiction).toEqual(ways);
  });

  test.each([
    ["a text", "./code"],
    ["an object without a mark", { path: "./code" }],
    ["an archive of nothing", ARCHIVE],
    ["an archive with a member that is none", { ...ARCHIVE, assets: { a: "text" } }],
    ["an asset without content", ASSET],
  ])("are nothing else: %s", (_, wire) => {
    expect(toArchive(wire)).toBeUndefined();
  });
});
