import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { BundleStore, DigestSet, TrustPolicy } from "@fnseal/core";
import { bundle, NOW, sha256, type TestKey } from "../../../core/test/support.ts";
import { hostileZip } from "../../../core/test/digest/hostileZip.ts";
import { AwsFailure } from "../../src/awsFailure.ts";
import { createInspector, type Inspector } from "../../src/inspect/index.ts";
import type { AliasFacts, FunctionFacts, MappingFacts, Provisioned } from "../../src/model/facts.ts";
import type { VersionFacts } from "../../src/model/facts.ts";
import type { Functions } from "../../src/ports.ts";
import type { InspectPorts } from "../../src/inspect/index.ts";

export const PLACE = { account: "111122223333", region: "eu-west-1", name: "orders" };
export const ARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders";

/** A zip with one file. */
export function zip(content: string): Buffer {
  return hostileZip({ entries: [{ name: "index.js", content }] });
}

export const GOOD = zip("good");
export const BAD = zip("bad");

export function layerArn(name: string, account = PLACE.account): string {
  return `arn:aws:lambda:eu-west-1:${account}:layer:${name}:1`;
}

/** A function in memory: what the tests change, the ports read. */
export class World {
  code = new Map<string, Buffer>([["$LATEST", GOOD]]);
  layersOf = new Map<string, readonly string[]>();
  layers = new Map<string, Buffer>();
  configuration: Record<string, unknown> = { Handler: "index.handler", Environment: { PASSWORD: "hunter2" } };
  more: Partial<FunctionFacts> = {};
  /** What AWS resolved the image of a function to, where it is one. */
  image: string | undefined;
  imageOf: (version: string) => string | undefined = () => this.image;
  aliases: AliasFacts[] = [];
  provisioned: Provisioned[] = [];
  mappings: MappingFacts[] = [];
  /** Bundles by digest. */
  bundles: Buffer[] = [];
  /** The calls so far, by name. */
  calls: string[] = [];
  /** Called before each call is answered; it may throw, or change this. */
  before: (call: string) => void | Promise<void> = () => undefined;
  /** What a download of these bytes serves in their place. */
  served: (bytes: Buffer) => Buffer = (bytes) => bytes;
  downloads = 0;
  #downloading = 0;

  version(version: string): VersionFacts {
    const bytes = this.code.get(version) ?? Buffer.alloc(0);
    return {
      version,
      ...(this.more.packageType === "Image"
        ? { codeSha256: "", packageType: "Image" }
        : { codeSha256: sha256(bytes), packageType: "Zip" }),
      codeSize: bytes.length,
      layers: (this.layersOf.get(version) ?? []).map((arn) => ({ arn })),
      configuration: this.configuration,
    };
  }

  facts(): FunctionFacts {
    return {
      ...this.version("$LATEST"),
      place: PLACE,
      arn: ARN,
      tags: {},
      reservedConcurrency: undefined,
      blockUnsupported: undefined,
      ...this.more,
    };
  }

  async #call<T>(name: string, answer: () => T): Promise<T> {
    this.calls.push(name);
    await this.before(name);
    return answer();
  }

  readonly functions: Functions = {
    get: () => this.#call("get", () => (this.code.has("$LATEST") ? this.facts() : undefined)),
    code: (_, version = "$LATEST") =>
      this.#call(`code ${version}`, () => {
        const bytes = this.code.get(version);
        if (this.more.packageType !== "Image") return bytes && this.#location(bytes);
        return { codeSha256: "", codeSize: 0, url: undefined, resolvedImage: this.imageOf(version) };
      }),
    layer: (arn) =>
      this.#call(`layer ${arn}`, () => {
        const bytes = this.layers.get(arn);
        if (!bytes)
          throw new AwsFailure("denied", "lambda:GetLayerVersion", "lambda:GetLayerVersion: denied");
        return this.#location(bytes);
      }),
    versions: () =>
      this.#call("versions", () =>
        [...this.code.keys()]
          .filter((version) => version !== "$LATEST")
          .reverse()
          .map((version) => this.version(version)),
      ),
    aliases: () => this.#call("aliases", () => this.aliases),
    provisioned: () => this.#call("provisioned", () => this.provisioned),
    mappings: (_, qualifier) =>
      this.#call("mappings", () => this.mappings.filter((mapping) => mapping.qualifier === qualifier)),
    failureDestinations: () => this.#call("failureDestinations", () => []),
    list: () => this.#call("list", () => ({ functions: [], next: undefined })),
    published: () => this.#call("published", () => ({ names: [], next: undefined })),
  };

  #location(bytes: Buffer): { codeSha256: string; codeSize: number; url: string; resolvedImage: undefined } {
    const url = `memory:${bytes.toString("base64")}`;
    return { codeSha256: sha256(bytes), codeSize: bytes.length, url, resolvedImage: undefined };
  }

  readonly bundleStore: BundleStore = {
    find: async () => {
      await this.before("find");
      const candidates = this.bundles.map((bytes, index) => ({ where: `bundle ${index}`, bytes }));
      return { candidates, searched: ["memory"] };
    },
  };

  readonly ports: InspectPorts = {
    functions: this.functions,
    bundles: this.bundleStore,
    download: async (url, path) => {
      this.downloads++;
      // Two archives at once might not fit on the disk.
      expect(++this.#downloading).toBe(1);
      try {
        await this.before("download");
        await writeFile(path, this.served(Buffer.from(url.slice("memory:".length), "base64")));
      } finally {
        this.#downloading--;
      }
    },
    seal: { mac: async (text) => createHmac("sha256", "key").update(text).digest("hex") },
    clock: () => NOW,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };

  inspector(policy: TrustPolicy, bytes = 262_144_000): Inspector {
    return createInspector(this.ports, policy, { download: { bytes, milliseconds: 1000 } });
  }
}

/** A bundle over a zip, for any function or layer. */
export function signed(key: TestKey, bytes: Buffer): Promise<Buffer> {
  const digests: DigestSet = { sha256: sha256(bytes) };
  return bundle(key, { digests, functions: ["*"], layers: ["*"] });
}
