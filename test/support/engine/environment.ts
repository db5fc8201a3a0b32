import { delimiter, dirname, join } from "node:path";
import { cache } from "../../../scripts/tools/paths.ts";
import type { Hosts } from "./hosts.ts";

/** Where one project keeps what a user would have in the home folder. */
export interface Places {
  home: string;
  backend: string;
  awsLog: string;
}

/**
 * The engine's environment: the caller's without what could change a result,
 * the tests' own Node first on PATH, and no look at the network.
 */
export function environment(hosts: Hosts, places: Places): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(PULUMI_|AWS_|FNSEAL_|JEST_|NODE_(OPTIONS|ENV|PATH)$)/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(hosts.command), dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
    PULUMI_HOME: places.home,
    PULUMI_BACKEND_URL: `file://${places.backend}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Shows the flag --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
    // Each preview starts four Node processes that load the same modules.
    NODE_COMPILE_CACHE: join(cache, "compile"),
    FNSEAL_TEST_AWS_LOG: places.awsLog,
  };
}
