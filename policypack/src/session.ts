import {
  createJudge,
  createLocalStore,
  type BundleStore,
  type Found,
  FnsealError,
  type Judge,
} from "@fnseal/core";
import { KnownFiles } from "./ahead/knownFiles.ts";
import { ReadAhead } from "./ahead/readAhead.ts";
import { type Config, loadConfig, parseConfig } from "./config.ts";
import { currentPackConfig } from "./engine/copies.ts";
import type { PackConfig } from "./engine/wire.ts";
import {
  currentSurroundings,
  type ProgramFolder,
  programFolders,
  type Surroundings,
} from "./engine/programFolder.ts";
import { createBucketStore, joinStores } from "./stores/bucketStore.ts";
import { SeenObjects } from "./resources/seenObjects.ts";
import { verifyMac } from "./verifyMac.ts";
import { PublishedLayers } from "./resources/publishedLayers.ts";

/** The rule that holds the configuration of all. */
export const CONFIG_RULE = "fnseal-config";

/** What judging needs, made once from the configuration. */
export interface Ready {
  readonly config: Config;
  readonly judge: Judge;
  readonly store: BundleStore;
  readonly folders: readonly ProgramFolder[];
  /** Whether nothing will be changed. */
  readonly isPreview: boolean;
}

/**
 * What the rules share within one run of the pack. The configuration belongs to `fnseal-config`; the others ask
 * here, and get its error where it is wrong or disabled.
 */
export class Session {
  readonly files = new KnownFiles();
  readonly objects = new SeenObjects();
  readonly layers = new PublishedLayers();
  /** URNs of resources that ignore changes of their code and were judged by the hash in the engine's state. */
  readonly keptCode = new Set<string>();
  /** Whether nothing will be changed. Source: pulumi, sdk/go/common/resource/plugin, constructEnv. */
  readonly isPreview: boolean = process.env["PULUMI_NODEJS_DRY_RUN"] === "true";
  #surroundings: Surroundings | undefined;
  #ready: { readonly project: string; readonly result: Ready | FnsealError } | undefined;
  readonly #packConfig: () => PackConfig | undefined;

  constructor(packConfig: () => PackConfig | undefined = currentPackConfig, surroundings?: Surroundings) {
    this.#packConfig = packConfig;
    this.#surroundings = surroundings;
  }

  /**
   * @param project the project's name, from the URN of the resource that is judged
   * @throws FnsealError `config-disabled`, `config-invalid`, `trust-policy-…`
   */
  ready(project: string): Ready {
    // A language host may serve several previews of one project, never of two.
    if (this.#ready?.project !== project) this.#ready = { project, result: this.#load(project) };
    if (this.#ready.result instanceof FnsealError) throw this.#ready.result;
    return this.#ready.result;
  }

  /** Every policy's configuration, as the engine sent it. */
  packConfig(): PackConfig | undefined {
    return this.#packConfig();
  }

  #load(project: string): Ready | FnsealError {
    try {
      const packConfig = this.#packConfig();
      if (!packConfig) {
        throw new FnsealError(
          "resource-unread",
          "the pack's configuration did not pass through fnseal's reader",
        );
      }
      const own = packConfig.get(CONFIG_RULE);
      if (own?.isDisabled) throw new FnsealError("config-disabled", `the rule ${CONFIG_RULE} is disabled`);
      const document = parseConfig(own?.properties ?? {});
      this.#surroundings ??= currentSurroundings();
      const folders = programFolders(project, document.programFolder, this.#surroundings);
      const projectFolders = [...new Set(folders.map(({ projectFolder }) => projectFolder))];
      const config = loadConfig(document, projectFolders);
      const local = createLocalStore({ folders: config.bundleFolders, beside: config.bundlesBeside });
      const judge = createJudge(config.policy, () => new Date(), { verifyMac });
      // Of what may never be judged no other place than this disk is asked.
      if (config.bundlesBeside)
        void new ReadAhead(projectFolders, { files: this.files, store: local, judge }).run();
      return {
        config,
        judge,
        store: withInline(
          joinStores([local, ...config.buckets.map(createBucketStore)]),
          config.inlineBundles,
        ),
        folders,
        isPreview: this.isPreview,
      };
    } catch (thrown) {
      return thrown instanceof FnsealError
        ? thrown
        : new FnsealError("internal-error", "the configuration could not be read", { cause: thrown });
    }
  }
}

/** Bundles given in the configuration stand beside those that are found. */
function withInline(store: BundleStore, bundles: readonly Buffer[]): BundleStore {
  if (bundles.length === 0) return store;
  const inline = bundles.map((bytes, index) => ({ where: `${CONFIG_RULE}.bundles[${index}]`, bytes }));
  return {
    find: async (wanted): Promise<Found> => {
      const { candidates, searched } = await store.find(wanted);
      return { candidates: [...inline, ...candidates], searched: [`${CONFIG_RULE}.bundles`, ...searched] };
    },
  };
}

/** The session of this process: a policy pack's process serves one pack. */
export const session = new Session();
