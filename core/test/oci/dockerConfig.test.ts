import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Credentials, dockerCredentials } from "../../src/oci/index.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fnseal-docker-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What is found for a registry with this configuration. */
function find(config: unknown, registry = "ghcr.io"): Promise<Credentials | undefined> {
  writeFileSync(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  return dockerCredentials({ DOCKER_CONFIG: folder, PATH: `${folder}:${process.env["PATH"] ?? ""}` })(
    registry,
  );
}

/** A program `docker-credential-NAME` that runs a line of shell; `$server` is what it was asked for. */
function helper(name: string, line: string): void {
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\nread -r server\n${line}\n`);
  chmodSync(path, 0o755);
}

const basic = (username: string, password: string): Credentials => ({ kind: "password", username, password });

test.each([
  [{ auths: { "ghcr.io": { auth: base64("ci:a:b") } } }, basic("ci", "a:b")],
  [{ auths: { "https://ghcr.io": { username: "ci", password: "x" } } }, basic("ci", "x")],
  [{ auths: { "https://ghcr.io/v2/": { auth: base64("ci:x") } } }, basic("ci", "x")],
  [{ auths: { "ghcr.io": { auth: base64("ci:x"), identitytoken: "t" } } }, { kind: "identity", token: "t" }],
  [{ auths: { "ghcr.io": { registrytoken: "t" } } }, { kind: "bearer", token: "t" }],
  [{ auths: { "ghcr.io": {} } }, undefined],
  [
    { auths: { "ghcr.io.evil.example": { auth: base64("ci:x") }, "evil.ghcr.io": { auth: base64("ci:x") } } },
    undefined,
  ],
  [{ auths: { "ghcr.io:5000": { auth: base64("ci:x") } } }, undefined],
  [{}, undefined],
])("%j", async (config, credentials) => {
  expect(await find(config)).toEqual(credentials);
});

test("Docker Hub has a name of its own", async () => {
  expect(
    await find({ auths: { "https://index.docker.io/v1/": { auth: base64("me:x") } } }, "docker.io"),
  ).toEqual(basic("me", "x"));
});

test("without a configuration there are none; the home folder's is the usual one", async () => {
  const missing = dockerCredentials({ DOCKER_CONFIG: join(folder, "nowhere") });
  expect(await missing("ghcr.io")).toBeUndefined();
  mkdirSync(join(folder, ".docker"));
  writeFileSync(
    join(folder, ".docker/config.json"),
    JSON.stringify({ auths: { "ghcr.io": { auth: base64("ci:x") } } }),
  );
  expect(await dockerCredentials({ HOME: folder })("ghcr.io")).toEqual(basic("ci", "x"));
});

describe("a credential helper", () => {
  test("is asked for its own registry, and the store for every other", async () => {
    helper("one", `echo "{\\"Username\\":\\"one\\",\\"Secret\\":\\"$server\\"}"`);
    helper("all", `echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"$server\\"}"`);
    const config = { credHelpers: { "ghcr.io": "one" }, credsStore: "all" };
    expect(await find(config)).toEqual(basic("one", "ghcr.io"));
    expect(await find(config, "quay.io")).toEqual({ kind: "identity", token: "quay.io" });
  });

  test("that has none leaves it to the file", async () => {
    helper("none", "echo 'credentials not found in native keychain'; exit 1");
    expect(await find({ credsStore: "none", auths: { "ghcr.io": { auth: base64("ci:x") } } })).toEqual(
      basic("ci", "x"),
    );
  });

  test.each([
    ["echo 'the keyring is locked'; exit 1", "the keyring is locked"],
    ["echo 'hunter2 is no JSON'", "gives no JSON"],
    ["echo '{}'", "neither Username nor Secret"],
  ])("that fails says so: %s", async (line, message) => {
    helper("bad", line);
    await expect(find({ credsStore: "bad" })).rejects.toMatchObject({
      code: "registry-credentials-invalid",
      message: expect.stringContaining(message) as string,
    });
  });

  test.each(["missing", "../bad", "bad/../../bin/sh"])(
    "that is no program of that kind: %s",
    async (name) => {
      await expect(find({ credsStore: name })).rejects.toMatchObject({
        code: "registry-credentials-invalid",
      });
    },
  );
});

test.each([
  '{"auths": hunter2',
  '{"auths": {"ghcr.io": {"auth": 5}}}',
  '{"auths": {"ghcr.io": {"auth": "aHVudGVyMg=="}}}',
])("a configuration that is none is an error without its content: %s", async (text) => {
  const thrown: unknown = await find(text).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: "registry-credentials-invalid" });
  expect(String(thrown)).not.toContain("hunter2");
});
