import { generateKeyPairSync } from "node:crypto";
import { type Emulator, startEmulator } from "../../../support/emulator.ts";
import { newProject } from "../../../support/engine.ts";
import type { Project, ProjectOptions, Result } from "../../../support/engine.ts";
import { overTls } from "./passage.ts";

export const POLICY_FILE = "trust-policy.json";

/** A trust policy with a new key. @param rule what its rule says besides */
export function policyText(rule: object = {}): string {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = publicKey.export({ type: "spki", format: "pem" });
  const rules = [{ functions: ["*"], signedBy: "ci", ...rule }];
  return JSON.stringify({ version: 1, authorities: { ci: { key } }, rules });
}

/** A project on an emulator of its own, with IAM enforcement. */
export interface Installation {
  readonly emulator: Emulator;
  readonly project: Project;
  readonly run: (
    command: "up" | "destroy" | "preview" | "refresh",
    env?: Readonly<Record<string, string>>,
  ) => Promise<Result>;
  /** The stack's outputs. */
  readonly outputs: () => Promise<Readonly<Record<string, string>>>;
  readonly remove: () => Promise<void>;
}

/** @param way `direct` where code is downloaded: that is taken from the configured endpoint only */
export async function newInstallation(
  options: ProjectOptions,
  way: "tls" | "direct" = "tls",
): Promise<Installation> {
  const emulator = await startEmulator();
  const tls = way === "tls" ? await overTls(emulator.endpoint) : undefined;
  const project = await newProject({ ...options, files: { [POLICY_FILE]: policyText(), ...options.files } });
  const settings = {
    env: { ...emulator.environment, AWS_ENDPOINT_URL: tls?.endpoint ?? emulator.endpoint },
    timeoutMs: 180_000,
  };
  return {
    emulator,
    project,
    run: (command, env) => project[command]({ ...settings, env: { ...settings.env, ...env } }),
    outputs: async () => {
      const { stdout } = await project.pulumi(["stack", "output", "--json", "--stack", "dev"]);
      return JSON.parse(stdout) as Record<string, string>;
    },
    remove: async () => {
      project.remove();
      await tls?.close();
      await emulator.stop();
    },
  };
}
