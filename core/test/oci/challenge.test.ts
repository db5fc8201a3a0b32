import { parseChallenge } from "../../src/oci/challenge.ts";

const bearer = (realm: string, service?: string, scope?: string): object => ({
  kind: "bearer",
  realm,
  service,
  scope,
});

test.each([
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:acme/orders:pull,push"',
    bearer("https://auth.docker.io/token", "registry.docker.io", "repository:acme/orders:pull,push"),
  ],
  ["bearer realm=https://a.example/token , service=x", bearer("https://a.example/token", "x")],
  ['Basic realm="r", Bearer realm="https://a.example/t\\"k"', bearer('https://a.example/t"k')],
  ['Bearer realm="https://a.example/t", Basic realm="r"', bearer("https://a.example/t")],
  [
    'Basic realm="https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/",service="ecr.amazonaws.com"',
    { kind: "basic" },
  ],
  ["Basic", { kind: "basic" }],
  ['Bearer service="x"', undefined],
  ['Negotiate realm="x"', undefined],
  ["", undefined],
])("%s", (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge);
});

test("a long header that is none is read in no time that grows out of hand", () => {
  expect(parseChallenge(`Bearer realm="${"\\".repeat(50_000)}`)).toBeUndefined();
  expect(parseChallenge("a=".repeat(50_000))).toBeUndefined();
});
