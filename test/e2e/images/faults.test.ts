import { writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fnseal, removeFolders, signingFolder } from "../../../cli/test/support/run.ts";
import { CODES, type Code } from "../../../core/src/codes/index.ts";
import type { Result } from "../../support/engine.ts";
import { type FaultyServer, startFaulty } from "../../support/registry/faulty.ts";
import { fnseal as pack, trustPolicy } from "../support/pack.ts";
import { projects } from "../support/projects.ts";
import { messageAbout, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, signDigests } from "../support/signing.ts";

/** What a registry answers, and what comes of it, for whoever asks. */
const FAULTS: Readonly<
  Record<
    string,
    { readonly code: Code; answer: (request: IncomingMessage, response: ServerResponse) => void }
  >
> = {
  "wants-credentials": {
    code: "registry-unauthorized",
    answer: (_, response) => response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end(),
  },
  "forbids-it": { code: "registry-denied", answer: (_, response) => response.writeHead(403).end() },
  "has-it-not": { code: "image-not-found", answer: (_, response) => response.writeHead(404).end() },
  throttles: {
    code: "registry-throttled",
    answer: (_, response) => response.writeHead(429, { "retry-after": "60" }).end(),
  },
  fails: { code: "registry-failed", answer: (_, response) => response.writeHead(500).end("oops") },
  "talks-nonsense": {
    code: "registry-answer-invalid",
    answer: (_, response) => response.writeHead(418).end("<html>teapot</html>"),
  },
  "sends-other-bytes": {
    code: "image-digest-mismatch",
    answer: (_, response) => response.end("<html>log in</html>"),
  },
  "cuts-off": { code: "registry-unreachable", answer: (_, response) => response.destroy() },
  "says-nothing": { code: "registry-unreachable", answer: () => undefined },
};
const HEX = "1".repeat(64);

let servers: Record<string, FaultyServer> = {};

beforeAll(async () => {
  const started = Object.entries(FAULTS).map(
    async ([name, { answer }]) => [name, await startFaulty(answer)] as const,
  );
  servers = Object.fromEntries(await Promise.all(started));
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  removeFolders();
});

const imageOf = (name: string): string => `${servers[name]?.host ?? ""}/acme/orders@sha256:${HEX}`;
const names = Object.keys(FAULTS);

jest.setTimeout(120_000);

describe.each(names.filter((name) => name !== "says-nothing"))(
  "the command line and a registry that %s",
  (name) => {
    const code = FAULTS[name]?.code ?? "internal-error";
    const exit = CODES[code].outcome === "rejected" ? 1 : 3;

    test.each([
      ["verify", ["--key", "a.pub"]],
      ["sign", ["--key", "a.key"]],
      ["attest", ["--key", "a.key", "--type", "vuln", "--predicate", "scan.json"]],
    ])("fnseal %s", async (command, options) => {
      const cwd = await signingFolder("a");
      writeFileSync(join(cwd, "scan.json"), "{}");
      const ran = await fnseal([command, imageOf(name), ...options], { cwd });
      expect(ran.code).toBe(exit);
      const said = ran.stdout + ran.stderr;
      expect(said).toContain(`[${code}]`);
      expect(said).toContain(`to mend it: ${CODES[code].remedy}`);
    });
  },
);

describe("the policy pack", () => {
  const { project: newProject } = projects();
  const ci = newSigner();
  let result: Result;
  let seconds: number;

  beforeAll(async () => {
    const lines = names.map(
      (name) => `fn("${name}", { packageType: "Image", imageUri: "${imageOf(name)}" });`,
    );
    const project = await newProject(lines.join("\n"));
    const config = { trustPolicy: trustPolicy({ ci }), registryBundles: true, registryTimeout: 3 };
    const start = Date.now();
    result = await project.preview({ policyPacks: [pack(config)] });
    seconds = (Date.now() - start) / 1000;
  }, 120_000);

  test.each(Object.entries(FAULTS))("rejects what a registry that %s does not show", (name, { code }) => {
    expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [${code}]`]);
    expect(messageAbout(result, name)).toContain("to mend it: ");
  });

  test("each in the time that the configuration gives it, and no other is hidden by it", () => {
    expect(reportsOf(result)).toHaveLength(names.length);
    expect(seconds).toBeLessThan(60);
  });

  test("takes what lies here instead, but for a registry that has other bytes under the digest", async () => {
    const bundle = await signDigests(ci, { sha256: HEX });
    const lines = ["fails", "says-nothing", "sends-other-bytes"].map(
      (name) => `fn("${name}", { packageType: "Image", imageUri: "${imageOf(name)}" });`,
    );
    const project = await newProject(lines.join("\n"));
    const config = { trustPolicy: trustPolicy({ ci }), bundles: [bundle], registryBundles: true };
    const local = await project.preview({ policyPacks: [pack({ ...config, registryTimeout: 2 })] });
    expect(reportsOf(local)).toEqual(["sends-other-bytes lambda-code-signed [image-digest-mismatch]"]);
  });
});
