import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstResult, fnseal, PASSWORD, type Ran } from "../../../../cli/test/support/run.ts";
import { generateKeyPairFiles } from "../../../../core/src/keys/index.ts";
import {
  createRegistry,
  createRegistryStore,
  dockerCredentials,
  type PinnedImage,
  type Registry,
  type Repository,
} from "../../../../core/src/oci/index.ts";
import { ensureCosign } from "../../../../scripts/tools/cosign.ts";
import { ensureRegistry } from "../../../../scripts/tools/registry.ts";
import {
  type MadeImage,
  makeImage,
  makeIndex,
  type RegistryService,
  startRegistry,
  writeDockerConfig,
} from "../../../support/registry.ts";

const OFFLINE = JSON.stringify({ mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" });

/** A registry that asks for a password, a folder with the keys `a` and `b`, and both programs. */
export interface Bench {
  readonly service: RegistryService;
  readonly registry: Registry;
  readonly folder: string;
  readonly where: Repository;
  /** Writes a file of the folder. */
  readonly write: (name: string, text: string) => void;
  /** How commands name an image. */
  readonly named: (image: Pick<MadeImage, "sha256">) => string;
  readonly pinned: (image: Pick<MadeImage, "sha256">) => PinnedImage;
  /** An image that no other test has. */
  readonly image: (architecture?: string) => Promise<MadeImage>;
  readonly index: (images: readonly MadeImage[]) => Promise<MadeImage>;
  /** Whether cosign did it. */
  readonly cosign: (...args: string[]) => Promise<boolean>;
  readonly mustCosign: (...args: string[]) => Promise<void>;
  /** fnseal with `--json`, in the folder. */
  readonly run: (...args: string[]) => Promise<Ran>;
  /** The result of a command that must succeed. */
  readonly must: (...args: string[]) => Promise<Record<string, unknown>>;
  /** What fnseal says of an image: exit code, and why. */
  readonly verdict: (what: string, ...args: string[]) => Promise<string>;
  /** The bundles that the registry has about an image. */
  readonly bundlesOf: (image: Pick<MadeImage, "sha256">) => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

/** How cosign signs with a key, without asking any service. */
export const byKey = (name: string): string[] => [
  ...["--key", `${name}.key`, "--signing-config", "offline.json", "-y"],
];

export async function openBench(): Promise<Bench> {
  await ensureRegistry();
  const cosignPath = await ensureCosign();
  const service = await startRegistry("basic");
  const folder = mkdtempSync(join(tmpdir(), "fnseal-images-"));
  writeDockerConfig(folder, service.host);
  const registry = createRegistry({ credentials: dockerCredentials({ DOCKER_CONFIG: folder }) });
  const where = { registry: service.host, name: "acme/orders" };
  let counter = 0;

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("offline.json", OFFLINE);
  for (const name of ["a", "b"]) {
    const { privatePem, publicPem } = await generateKeyPairFiles(PASSWORD);
    write(`${name}.key`, privatePem);
    write(`${name}.pub`, publicPem);
  }

  /** Not waited for by standing still: services of this very process answer it. */
  async function cosign(...args: string[]): Promise<boolean> {
    const env = { ...process.env, COSIGN_PASSWORD: PASSWORD, DOCKER_CONFIG: folder };
    const child = spawn(cosignPath, args, { cwd: folder, env, stdio: "ignore", timeout: 60_000 });
    const [code] = (await once(child, "close")) as [number | null];
    return code === 0;
  }

  function run(...args: string[]): Promise<Ran> {
    const env = { DOCKER_CONFIG: folder, FNSEAL_PASSWORD: PASSWORD };
    return fnseal([...args, "--json"], { cwd: folder, env, now: () => new Date() });
  }

  const pinned: Bench["pinned"] = ({ sha256 }) => ({ ...where, sha256 });
  return {
    ...{ service, registry, folder, where, write, cosign, run, pinned },
    named: ({ sha256 }) => `${service.host}/acme/orders@sha256:${sha256}`,
    image: (architecture = "amd64") =>
      makeImage(registry, where, { architecture, text: `handler ${counter++}` }),
    index: (images) => makeIndex(registry, where, images),
    mustCosign: async (...args) => {
      if (!(await cosign(...args))) throw new Error(`cosign ${args.join(" ")} failed`);
    },
    must: async (...args) => {
      const ran = await run(...args);
      expect(ran).toMatchObject({ code: 0 });
      return firstResult(ran);
    },
    verdict: async (what, ...args) => {
      const ran = await run("verify", what, ...args);
      const { status, code = status } = firstResult(ran);
      return `${ran.code} ${String(code)}`;
    },
    bundlesOf: async (image) => {
      const { candidates } = await createRegistryStore(registry).find({
        ...{ paths: [], digests: { sha256: image.sha256 }, image: pinned(image) },
      });
      return candidates.map((candidate) =>
        "bytes" in candidate ? candidate.bytes.toString() : candidate.where,
      );
    },
    stop: async () => {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
