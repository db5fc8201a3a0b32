import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAnyBundle } from "../../src/bundle/parse.ts";
import { readUsualBundle } from "../../src/bundle/usual.ts";
import { createKey, envelope, statement, toBytes } from "../support.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const fixtures = ["public", "services"].flatMap((folder) =>
  readdirSync(join(FIXTURES, folder))
    .filter((name) => /bundle.*\.json$|\.sigstore\.json$/.test(name))
    .map((name) => `${folder}/${name}`),
);

describe("the reader of bundles without the schema", () => {
  test.each(fixtures)("reads %s as the full one does", (name) => {
    const bytes = readFileSync(join(FIXTURES, name));
    expect(readUsualBundle(bytes)).toStrictEqual(parseAnyBundle(bytes));
  });

  test("leaves a predicate of fnseal's own that has more to the full one", () => {
    const json = JSON.parse(statement()) as { predicate: Record<string, unknown> };
    json.predicate["configuration"] = {};
    expect(readUsualBundle(toBytes(envelope(createKey(), JSON.stringify(json))))).toBeUndefined();
  });

  test("refuses what is no bundle as the full one does", () => {
    const bytes = Buffer.from("{");
    expect(() => readUsualBundle(bytes)).toThrow(
      expect.objectContaining({ code: "bundle-truncated" }) as Error,
    );
  });
});
