import type { Backend } from "./backend.ts";
import type { WireMap } from "./wire.ts";

/** What Check and Diff need to know of a resource type. */
export interface Rules {
  /** The property that names the resource: filled in as `<logical name>-<7 hex digits>` where it is missing. */
  autoname?: string;
  /** What such a name has before and after those digits instead of `<logical name>-` and nothing. */
  nameAround?: (logicalName: string, inputs: WireMap) => readonly [string, string];
  /** The property that is the logical name itself where it is missing. */
  namedAfterResource?: string;
  /** Properties without which the real provider's Check fails. */
  required?: readonly string[];
  /** Properties whose change replaces the resource. */
  replaceOn?: readonly string[];
}

/** What is known of one resource type; types that are not listed have neither a name nor outputs of their own. */
export interface ResourceType extends Rules {
  /** The id of the created resource. */
  id: (inputs: WireMap) => string;
  /** What the provider knows only after creation: unknown in a preview. */
  outputs: (inputs: WireMap, place: Place) => WireMap;
}

/** Where the pretended resources live. */
export interface Place {
  account: string;
  region: string;
  /** Counts the creations and updates of this process, for versions. */
  sequence: number;
}

/** What makes one provider differ from another. */
export interface ProviderDefinition {
  name: string;
  version: string;
  types: Readonly<Record<string, ResourceType>>;
  /** For types that are not listed. */
  other: ResourceType;
  /** Whether every resource gets the provider's region as its own property, as in @pulumi/aws 7. */
  setsRegion: boolean;
  /** The package's schema, for languages that check programs against it. */
  schema?: object;
  /** The cloud that the configuration asks for; undefined where it asks for none. */
  live?: (configured: WireMap) => Promise<Backend | undefined>;
  invokes: Readonly<Record<string, (args: WireMap, place: Place) => WireMap>>;
}

/** The account that the emulators pretend too. */
export const ACCOUNT = "123456789012";
