import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  filesIn,
  firstResult,
  fnseal,
  folderWith,
  type Ran,
  removeFolders,
} from "../../cli/test/support/run.ts";
import { type Publication, startTufRepository, type TufRepository } from "../support/tuf.ts";

const ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';
const CONFIG = '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}';
const TARGETS = { "trusted_root.json": ROOT, "signing_config.v0.2.json": CONFIG };
const DAY = 86_400_000;

let repository: TufRepository;
let folder: string;

beforeEach(async () => {
  repository = await startTufRepository();
  folder = folderWith({ "root.json": repository.root });
  repository.publish({ targets: TARGETS });
});
afterEach(async () => {
  await repository.stop();
  removeFolders();
});

const run = (args: readonly string[], now = new Date()): Promise<Ran> =>
  fnseal(["trust", ...args, "--mirror", repository.url], {
    cwd: folder,
    env: { XDG_CACHE_HOME: join(folder, "cache") },
    now: () => now,
  });
const update = (...args: string[]): Promise<Ran> => run(["update", ...args]);
const first = (): Promise<Ran> => update("--root", "root.json", "--output-folder", "out");
const written = (name: string): string => readFileSync(join(folder, "out", name), "utf8");

async function refused(ran: Promise<Ran>, exit: number, code: string): Promise<void> {
  expect(await ran).toMatchObject({
    code: exit,
    stderr: expect.stringContaining(`[${code}]`) as string,
  });
}

describe("fnseal trust update", () => {
  test("brings the trusted root and the signing config of a repository of one's own", async () => {
    expect(await first()).toMatchObject({ code: 0, stdout: expect.stringContaining("up to date") as string });
    expect([written("trusted_root.json"), written("signing_config.json")]).toEqual([ROOT, CONFIG]);
  });

  test("brings what is newer, and needs the first root only once", async () => {
    await first();
    const newer = ROOT.replace("0.1", "0.1 newer");
    repository.publish({ targets: { ...TARGETS, "trusted_root.json": newer } });
    expect(await update("--output-folder", "out")).toMatchObject({ code: 0 });
    expect(written("trusted_root.json")).toBe(newer);
  });

  test("goes without a signing config where the repository has none", async () => {
    repository.publish({ targets: { "trusted_root.json": ROOT } });
    expect(await first()).toMatchObject({ code: 0 });
    expect(filesIn(join(folder, "out"))).toEqual(["trusted_root.json"]);
  });

  test("asks for the first root, and for a URL", async () => {
    await refused(update(), 2, "usage-invalid");
    const ran = fnseal(["trust", "update", "--mirror", "somewhere"], { cwd: folder, env: {} });
    await refused(ran, 2, "usage-invalid");
  });
});

describe("what cannot be believed has its own code, and is not written", () => {
  const stranger = generateKeyPairSync("ed25519").privateKey;
  const expired = (role: string): Publication => ({
    targets: TARGETS,
    expires: { [role]: new Date(Date.now() - DAY) },
  });

  test.each<[string, string, number, (repository: TufRepository) => void]>([
    ["no answer", "trust-repository-unreachable", 3, (served) => served.fail(503)],
    ["an ended timestamp", "trust-repository-expired", 3, (served) => served.publish(expired("timestamp"))],
    ["an ended snapshot", "trust-repository-expired", 3, (served) => served.publish(expired("snapshot"))],
    ["ended targets", "trust-repository-expired", 3, (served) => served.publish(expired("targets"))],
    [
      "an ended root",
      "trust-repository-expired",
      3,
      (served) => served.publish({ targets: TARGETS, root: new Date(Date.now() - DAY) }),
    ],
    [
      "another signer",
      "trust-repository-invalid",
      1,
      (served) => served.publish({ targets: TARGETS, by: stranger }),
    ],
    [
      "a target that was changed",
      "trust-repository-invalid",
      1,
      (served) => served.tamper("trusted_root.json", (text) => text.replace("0.1", "0.2")),
    ],
    [
      "metadata that was changed",
      "trust-repository-invalid",
      1,
      (served) => served.tamper("timestamp.json", (text) => text.replace('"version":1', '"version":9')),
    ],
    ["no trusted root", "trust-repository-invalid", 1, (served) => served.publish({ targets: {} })],
  ])("%s", async (_, code, exit, change) => {
    change(repository);
    await refused(first(), exit, code);
    expect(filesIn(folder)).not.toContain("out/trusted_root.json");
  });

  test("something older than what was there", async () => {
    repository.publish({ targets: TARGETS });
    await first();
    repository.rollBack();
    await refused(update(), 1, "trust-repository-rolled-back");
    // What was there stays.
    expect(await run(["show"])).toMatchObject({ code: 0 });
  });

  test("a root that has gone stale is followed to the newest, and no further than to one that is good", async () => {
    await first();
    repository.publish({ targets: TARGETS, root: new Date(Date.now() - DAY) });
    await refused(update(), 3, "trust-repository-expired");
    repository.publish({ targets: TARGETS, root: new Date(Date.now() + DAY) });
    expect(await update()).toMatchObject({ code: 0 });
    expect(firstResult(await run(["show", "--json"]))).toMatchObject({ rootVersion: 3, status: "fresh" });
  });

  test.each<[string, (served: TufRepository) => void, number, string]>([
    ["nobody answers", (served) => served.fail(503), 3, "trust-repository-unreachable"],
    [
      "the metadata has expired",
      (served) => served.publish(expired("timestamp")),
      3,
      "trust-repository-expired",
    ],
    [
      "someone else signs",
      (served) => served.publish({ targets: TARGETS, by: stranger }),
      1,
      "trust-repository-invalid",
    ],
  ])("where there is a cache and %s, it stays as it was, with its age", async (_, change, exit, code) => {
    await first();
    const before = firstResult(await run(["show", "--json"]));
    change(repository);
    await refused(update(), exit, code);
    expect(firstResult(await run(["show", "--json"]))).toMatchObject({
      status: before["status"],
      updated: before["updated"],
    });
  });

  test("another repository's root", async () => {
    const other = await startTufRepository();
    writeFileSync(join(folder, "root.json"), other.root);
    await other.stop();
    await refused(first(), 1, "trust-repository-invalid");
  });

  test("nobody listens", async () => {
    const { url } = repository;
    await repository.stop();
    const args = ["trust", "update", "--mirror", url, "--root", "root.json"];
    const env = { XDG_CACHE_HOME: join(folder, "cache") };
    await refused(fnseal(args, { cwd: folder, env }), 3, "trust-repository-unreachable");
    repository = await startTufRepository();
  });
});

describe("fnseal trust show", () => {
  const show = async (now?: Date): Promise<{ code: number; shown: Record<string, unknown> }> => {
    const ran = await run(["show", "--json"], now);
    return { code: ran.code, shown: firstResult(ran) };
  };

  test("says how old it is and until when it is good, and asks nobody", async () => {
    await first();
    const asked = repository.requests();
    expect(await show()).toMatchObject({ code: 0, shown: { status: "fresh", ageDays: 0, rootVersion: 1 } });
    const later = await show(new Date(Date.now() + 12 * DAY));
    expect(later).toMatchObject({
      code: 3,
      shown: { status: "stale", code: "trust-cache-stale", ageDays: 12 },
    });
    expect((await run(["show"], new Date(Date.now() + 12 * DAY))).stdout).toContain("updated 12 days ago");
    expect(repository.requests()).toBe(asked);
  });

  test("keeps what was there, and its age, where an update fails", async () => {
    await first();
    repository.fail(503);
    await refused(run(["update"], new Date(Date.now() + DAY)), 3, "trust-repository-unreachable");
    expect(await show(new Date(Date.now() + 3 * DAY))).toMatchObject({ shown: { ageDays: 3 } });
  });

  test("of the public-good instance nothing is kept at first", async () => {
    const env = { XDG_CACHE_HOME: join(folder, "cache") };
    const ran = await fnseal(["trust", "show", "--json"], { cwd: folder, env });
    expect(firstResult(ran)).toMatchObject({ status: "never-updated" });
  });
});
