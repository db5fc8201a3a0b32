import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD } from "../../../cli/test/support/run.ts";
import { root } from "../../../scripts/tools/paths.ts";
import type { Project } from "../../support/engine.ts";
import type { Finished } from "../../support/engine/run.ts";
import { makeImage, type MadeImage } from "../../support/registry.ts";
import { fnseal as pack } from "../support/pack.ts";
import { projects } from "../support/projects.ts";
import { reportsAbout, reportsOf } from "../support/reports.ts";
import { type Bench, openBench } from "./support/bench.ts";

const cli = join(root, "cli/dist/fnseal.cjs");
const POLICY = "version: 1\nauthorities: { ci: { key: ../a.pub } }\nrules: [{ signedBy: ci }]\n";

jest.setTimeout(300_000);

describe("the images of a stack", () => {
  const { project: newProject } = projects();
  let bench: Bench;
  let project: Project;
  let shared: MadeImage;
  let index: MadeImage;

  const run = (...args: string[]): Promise<Finished> =>
    project.execute(process.execPath, [cli, ...args], {
      env: { FNSEAL_PASSWORD: PASSWORD, DOCKER_CONFIG: bench.folder },
    });
  const sign = (...args: string[]): Promise<Finished> =>
    run("sign", "--stack", "dev", "--key", "a.key", "--json", ...args);
  const verify = (...args: string[]): Promise<Finished> => run("verify", "--stack", "dev", ...args);
  const preview = () =>
    project.preview({
      policyPacks: [
        pack({
          ...{ trustPolicyFile: "fnseal/trust-policy.yaml", bundleFolders: ["fnseal/bundles"] },
          ...{ registryBundles: true },
        }),
      ],
      env: { DOCKER_CONFIG: bench.folder },
    });

  beforeAll(async () => {
    bench = await openBench();
    shared = await bench.image();
    index = await bench.index([await bench.image("amd64"), await bench.image("arm64")]);
    await makeImage(bench.registry, bench.where, { tag: "v1", text: "tagged" });
    const image = (name: string, uri: string, more = ""): string =>
      `fn("${name}", { packageType: "Image", imageUri: "${uri}", ${more} });`;
    project = await newProject(
      [
        image("orders", bench.named(shared)),
        image("returns", bench.named(shared)),
        image("arm", bench.named(index), 'architectures: ["arm64"]'),
        image("tagged", `${bench.service.host}/acme/orders:v1`),
        `fn("files", { code: zip("./dist") });`,
      ].join("\n"),
      {
        files: {
          "dist/index.js": "exports.handler = async () => 1;\n",
          "fnseal/trust-policy.yaml": POLICY,
          "a.key": readFileSync(join(bench.folder, "a.key"), "utf8"),
          "a.pub": readFileSync(join(bench.folder, "a.pub"), "utf8"),
        },
      },
    );
  }, 900_000);
  afterAll(() => bench.stop());

  /** What `verify --stack` says of each function. */
  const verdicts = ({ stdout }: Finished): Record<string, string> => {
    const { results } = JSON.parse(stdout) as {
      results: { path: string; status: string; code?: string }[];
    };
    return Object.fromEntries(
      results.map(({ path, status, code }) => [path.replace(/ .*/s, ""), code ?? status]),
    );
  };

  test("are rejected by verify --stack before they are signed, and a tag is refused", async () => {
    const ran = await verify("--json");
    expect(ran.exitCode).toBe(1);
    expect(verdicts(ran)).toEqual({
      ...{ orders: "bundle-not-found", returns: "bundle-not-found", arm: "bundle-not-found" },
      ...{ tagged: "image-not-pinned", files: "bundle-not-found" },
    });
  });

  test("are shown with the functions that run them, and nothing is written in a dry run", async () => {
    const { exitCode, stdout } = await run("sign", "--stack", "dev", "--dry-run", "--json");
    expect(exitCode).toBe(1);
    const { results } = JSON.parse(stdout) as {
      results: { source: string; functions: string[]; error?: { code: string } }[];
    };
    // The engine tells resources in the order in which they come; what cannot be signed is said first.
    expect(results[0]?.error?.code).toBe("image-not-pinned");
    const shown = results
      .slice(1)
      .map(({ source, functions }) => `${source} ${[...functions].sort().join()}`);
    expect(shown.sort()).toEqual(
      [`${bench.named(shared)} orders,returns`, `${bench.named(index)} arm`, "code ./dist files"].sort(),
    );
    expect(await bench.bundlesOf(shared)).toEqual([]);
  });

  test("are signed in their registry, for those functions; the tag is told and left out", async () => {
    const { exitCode, stdout } = await sign();
    expect(exitCode).toBe(1);
    const { results } = JSON.parse(stdout) as {
      results: { path: string; status: string; shape?: string; referrers?: string[] }[];
    };
    const [refused, ...signed] = results;
    expect(refused?.status).toBe("error");
    expect(
      signed.map(({ status, shape, referrers }) => `${status} ${shape} ${referrers?.length}`).sort(),
    ).toEqual(["signed directory undefined", "signed image 1", "signed image index 3"]);
    expect(verdicts(await verify("--json"))).toEqual({
      ...{ orders: "verified", returns: "verified", arm: "verified" },
      ...{ tagged: "image-not-pinned", files: "verified" },
    });
    expect(await bench.verdict(bench.named(shared), "--key", "a.pub", "--function", "payments")).toBe(
      "1 function-not-covered",
    );
    expect(await bench.verdict(bench.named(shared), "--key", "a.pub", "--function", "returns")).toBe(
      "0 verified",
    );
    const result = await preview();
    expect(reportsAbout(result, "tagged")).toEqual([
      "tagged lambda-code-signed [image-not-pinned]",
      "tagged lambda-source-pinned [image-not-pinned]",
    ]);
    expect(reportsOf(result)).toHaveLength(2);
  });

  test("go into a folder where that is asked for; without the registry that is what counts", async () => {
    expect((await sign("--bundle-folder", "own")).exitCode).toBe(1);
    await bench.service.stop();
    const ran = await verify("--json", "--bundle-folder", "own");
    expect(verdicts(ran)).toMatchObject({ orders: "verified", files: "verified" });
    expect(verdicts(await verify("--json"))).toMatchObject({ orders: "registry-unreachable" });
  });
});
