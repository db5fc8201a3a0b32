import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageSchema } from "../src/schema/packageSchema.ts";

const read = (file: string): unknown => JSON.parse(readFileSync(join(__dirname, "..", file), "utf8"));

test("schema.json is what the arguments' checks make: else run `npm run docs`", () => {
  const { version } = read("package.json") as { version: string };
  expect(read("schema.json")).toEqual(packageSchema(version));
});
