import { parseImageReference, parsePinnedImage } from "../../src/oci/index.ts";

const HEX = "a".repeat(64);
const at = `@sha256:${HEX}`;

test.each([
  [`ghcr.io/acme/orders${at}`, { registry: "ghcr.io", name: "acme/orders", tag: undefined, sha256: HEX }],
  [`localhost:5000/orders:v1${at}`, { registry: "localhost:5000", name: "orders", tag: "v1", sha256: HEX }],
  ["orders:v1", { registry: "docker.io", name: "library/orders", tag: "v1", sha256: undefined }],
  ["acme/orders", { registry: "docker.io", name: "acme/orders", tag: undefined, sha256: undefined }],
  [
    "index.docker.io/acme/orders",
    { registry: "docker.io", name: "acme/orders", tag: undefined, sha256: undefined },
  ],
  [
    `localhost/a/b__c/d-e.f${at}`,
    { registry: "localhost", name: "a/b__c/d-e.f", tag: undefined, sha256: HEX },
  ],
  [`[::1]:5000/orders${at}`, { registry: "[::1]:5000", name: "orders", tag: undefined, sha256: HEX }],
  [
    `123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders${at}`,
    {
      registry: "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
      name: "orders",
      tag: undefined,
      sha256: HEX,
    },
  ],
])("%s is a reference", (text, parts) => {
  expect(parseImageReference(text)).toEqual(parts);
});

test.each([
  "",
  "ghcr.io/",
  "ghcr.io/Acme/orders",
  `ghcr.io/acme/orders@sha256:${"A".repeat(64)}`,
  `ghcr.io/acme/orders@sha256:${HEX}0`,
  `ghcr.io/acme/orders@sha512:${HEX}${HEX}`,
  `ghcr.io/acme/orders${at}${at}`,
  `ghcr.io/acme/orders${at}?x`,
  "ghcr.io/acme/../orders",
  "ghcr.io//orders",
  "user@ghcr.io/acme/orders",
  "ghcr.io:443@evil.example/orders",
  "ghcr.io/acme/orders:",
  "ghcr.io/acme/orders:a b",
  "ghcr.io#.evil.example/orders",
  `ghcr.io/${"a".repeat(256)}`,
])("%j is none", (text) => {
  expect(parseImageReference(text)).toBeUndefined();
});

test("only a digest says which bytes are meant", () => {
  expect(() => parsePinnedImage("ghcr.io/acme/orders:v1")).toThrow(
    expect.objectContaining({ code: "image-not-pinned" }) as Error,
  );
  expect(() => parsePinnedImage("ghcr.io/acme/orders@sha256:abc")).toThrow(
    expect.objectContaining({ code: "image-reference-invalid" }) as Error,
  );
});
