import { deflateRawSync } from "node:zlib";
import { hasWrites, takesWrites } from "../../src/aws/trails.ts";
import { parseFunctionRef } from "../../src/aws/functionRef.ts";
import { parseStore } from "../../src/aws/stores.ts";
import { toReason, toUntil } from "../../src/aws/until.ts";
import { zipMember } from "../../src/aws/zipMember.ts";
import { zipOf } from "../support/zip.ts";
import { NOW } from "../support/run.ts";

const usage = expect.objectContaining({ code: "usage-invalid" }) as Error;

describe("--until", () => {
  test.each([
    ["8h", "2030-01-15T20:00:00.000Z"],
    ["3d", "2030-01-18T12:00:00.000Z"],
    ["2030-01-16T06:30:00Z", "2030-01-16T06:30:00.000Z"],
    ["2030-01-16T06:30:00+02:00", "2030-01-16T04:30:00.000Z"],
    ["2030-01-16", "2030-01-17T00:00:00.000Z"],
  ])("%s is %s", (text, time) => {
    expect(toUntil(text, NOW).toISOString()).toBe(time);
  });

  test.each(["73h", "4d", "1w", "2030-01-18T12:00:01Z", "2030-01-15T11:59:59Z", "0h", "-1h", "tomorrow", ""])(
    "refuses %j",
    (text) => {
      expect(() => toUntil(text, NOW)).toThrow(usage);
    },
  );
});

describe("--reason", () => {
  test("is what people can read", () => {
    expect(toReason("  INC-42  ")).toBe("INC-42");
    for (const text of [undefined, "", "  a ", "x".repeat(501)]) expect(() => toReason(text)).toThrow(usage);
  });
});

describe("a function's name", () => {
  const none = { region: undefined, account: undefined };

  test.each([
    ["orders", { name: "orders", ...none }],
    ["orders:live", { name: "orders", ...none }],
    ["123456789012:function:orders", { name: "orders", region: undefined, account: "123456789012" }],
    [
      "arn:aws:lambda:eu-west-1:123456789012:function:orders:7",
      { name: "orders", region: "eu-west-1", account: "123456789012" },
    ],
  ])("%s", (text, ref) => {
    expect(parseFunctionRef(text, "the name")).toEqual(ref);
  });

  test.each(["", "a b", "orders/../x", "arn:aws:s3:::bucket", "arn:aws:lambda:eu-west-1:1:function:orders"])(
    "refuses %j",
    (text) => {
      expect(() => parseFunctionRef(text, "the name")).toThrow(usage);
    },
  );
});

describe("--store", () => {
  test("is a bucket", () => {
    expect(parseStore("s3://acme-bundles")).toBe("acme-bundles");
    expect(parseStore("s3://acme.bundles/")).toBe("acme.bundles");
    for (const text of ["acme", "s3://", "s3://Acme", "s3://a/b", "https://acme"])
      expect(() => parseStore(text)).toThrow(usage);
  });
});

describe("a trail's selectors", () => {
  test.each([
    [{}, true],
    [{ ReadWriteType: "WriteOnly", IncludeManagementEvents: true }, true],
    [{ ReadWriteType: "ReadOnly", IncludeManagementEvents: true }, false],
    [{ ReadWriteType: "All", IncludeManagementEvents: false }, false],
  ] as const)("%j", (selector, expected) => {
    expect(hasWrites(selector)).toBe(expected);
  });

  const management = { Field: "eventCategory", Equals: ["Management"] };

  test.each([
    ["all management events", [management], true],
    ["writes only", [management, { Field: "readOnly", Equals: ["false"] }], true],
    ["reads only", [management, { Field: "readOnly", Equals: ["true"] }], false],
    ["data events", [{ Field: "eventCategory", Equals: ["Data"] }], false],
    ["all but KMS", [management, { Field: "eventSource", NotEquals: ["kms.amazonaws.com"] }], true],
    ["all but Lambda", [management, { Field: "eventSource", NotEquals: ["lambda.amazonaws.com"] }], false],
    [
      "all but what starts like Lambda",
      [management, { Field: "eventSource", NotStartsWith: ["lambda"] }],
      false,
    ],
    ["IAM only", [management, { Field: "eventSource", Equals: ["iam.amazonaws.com"] }], false],
    ["some event names", [management, { Field: "eventName", Equals: ["DeleteBucket"] }], false],
    ["nothing", [], false],
  ])("%s", (_what, FieldSelectors, expected) => {
    expect(takesWrites({ FieldSelectors })).toBe(expected);
  });
});

describe("the verifier's settings in its zip", () => {
  const zip = zipOf({ "index.js": "x", "settings.json": '{"a":1}' });

  test("are read", () => {
    expect(zipMember(zip, "settings.json")?.toString()).toBe('{"a":1}');
    expect(zipMember(zip, "other.json")).toBeUndefined();
  });

  test("are read where they are compressed", () => {
    const content = deflateRawSync(Buffer.alloc(100_000, "a"));
    // The helper stores only, so this one is put together by hand: method 8.
    const name = Buffer.from("settings.json");
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt16LE(name.length, 28);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(30 + name.length + content.length, 16);
    const file = Buffer.concat([local, name, content, entry, name, end]);
    expect(zipMember(file, "settings.json")?.length).toBe(100_000);
  });

  test.each([
    ["no zip", Buffer.from("hello")],
    ["nothing", Buffer.alloc(0)],
    ["a zip that was cut off", zip.subarray(0, -30)],
    [
      "offsets that lead out of it",
      Buffer.concat([zip.subarray(0, -6), Buffer.from([0xff, 0xff, 0xff, 0x7f, 0, 0])]),
    ],
  ])("are not there in %s", (_what, bytes) => {
    expect(zipMember(bytes, "settings.json")).toBeUndefined();
  });
});
