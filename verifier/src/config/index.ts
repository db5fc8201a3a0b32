/** What the component decides and names: settings, trust policy, environment. */
export { ENVIRONMENT, type Identity, parseEnvironment } from "./environment.ts";
export { inlineFiles } from "./inlineFiles.ts";
export { type Configuration, loadConfiguration, SETTINGS_FILE, TRUST_POLICY_FILE } from "./load.ts";
export { parseSettings } from "./settings.ts";
