import { generateKeyPairSync } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import { Command } from "commander";
import { CODES, loadTrustPolicy } from "@fnseal/core";
import type { Environment } from "../../cli/src/environment.ts";
import { COMMANDS } from "../../cli/src/registry.ts";
import { parseConfig } from "../../policypack/src/config.ts";

const root = join(__dirname, "../..");
const pages = globSync(["*.md", "docs/**/*.md", "cli/*.md", "policypack/*.md"], { cwd: root }).sort();

interface Block {
  readonly where: string;
  /** What follows the fence: the language, and what else the block is marked as. */
  readonly mark: string;
  readonly text: string;
}

function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

function blocksOf(page: string): Block[] {
  const text = textOf(page);
  return [...text.matchAll(/^( *)```(\S[^\n]*)\n([\s\S]*?)^\1```$/gm)].map((match) => ({
    where: `${page}:${text.slice(0, match.index).split("\n").length}`,
    mark: match[2] ?? "",
    text: (match[3] ?? "").replaceAll(new RegExp(`^${match[1] ?? ""}`, "gm"), ""),
  }));
}

const blocks = pages.flatMap(blocksOf);
const named = (found: readonly Block[]): [string, Block][] => found.map((block) => [block.where, block]);

/** Every file that a page's trust policy names is another key, but for trusted roots. */
function readText(path: string): string {
  if (path.endsWith(".json")) return publicGood();
  return publicKey();
}

function publicKey(): string {
  const { publicKey: key } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return key.export({ type: "spki", format: "pem" }).toString();
}

/** The text of a real trusted root. */
function publicGood(): string {
  const target = seeds["https://tuf-repo-cdn.sigstore.dev"].targets["trusted_root.json"];
  return Buffer.from(target, "base64").toString("utf8");
}

/** What pages leave out of a key, for its length. */
function withKey(text: string): string {
  return text.replaceAll(/-----BEGIN PUBLIC KEY-----(?:\\n|\s)*…(?:\\n|\s)*-----END PUBLIC KEY-----/g, () =>
    publicKey().trim().replaceAll("\n", "\\n"),
  );
}

describe("trust policies in the docs", () => {
  const policies = blocks.filter(({ mark }) => mark === "yaml trust-policy");

  test("there are some, and none is left unmarked", () => {
    expect(policies.length).toBeGreaterThan(5);
    const unmarked = blocks.filter(
      ({ mark, text }) => mark.startsWith("yaml") && /^authorities:/m.test(text),
    );
    expect(unmarked.filter(({ mark }) => mark !== "yaml trust-policy")).toEqual([]);
  });

  test.each(named(policies))("%s is a valid one", (where, { text }) => {
    expect(loadTrustPolicy(text, { where, readText }).rules.length).toBeGreaterThan(0);
  });
});

describe("configurations of the policy pack in the docs", () => {
  const configs = blocks.filter(({ mark }) => mark === "json policy-config");

  test("there are some", () => {
    expect(configs.length).toBeGreaterThan(1);
  });

  test.each(named(configs))("%s is a valid one", (where, { text }) => {
    const config = JSON.parse(withKey(text)) as Record<string, Record<string, unknown>>;
    const { enforcementLevel, ...properties } = config["fnseal-config"] ?? {};
    expect([undefined, "mandatory"]).toContain(enforcementLevel);
    const { trustPolicy } = parseConfig(properties);
    if (trustPolicy !== undefined)
      expect(loadTrustPolicy(trustPolicy, { where, readText }).rules).not.toEqual([]);
    const others = Object.keys(config).filter((name) => name !== "fnseal-config");
    const rules = [
      "lambda-code-signed",
      "lambda-layer-signed",
      "lambda-source-pinned",
      "lambda-no-code-injection",
      "program-signed",
    ];
    expect(others.filter((name) => !rules.includes(name))).toEqual([]);
  });
});

/** The arguments of each `fnseal …` in text of a shell, or in a workflow. */
function commandsIn(text: string): string[][] {
  const joined = text.replaceAll(/\\\n\s*/g, " ");
  const found = joined.matchAll(
    /(?:^|[\s`;|&])fnseal(?:@[\w.]+)?((?= +[a-z-])(?: +(?:'[^']*'|"[^"]*"|[^\s`;|&#'"]+))+)/gm,
  );
  return [...found].map(([, rest = ""]) =>
    [...rest.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
      ([, single, double, bare]) => single ?? double ?? bare ?? "",
    ),
  );
}

function commandsOf(page: string): string[][] {
  const fenced = blocksOf(page).filter(({ mark }) => /^(sh|yaml)$/.test(mark));
  const prose = textOf(page).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "");
  const spans = [...prose.matchAll(/`((?:npx (?:--yes )?|\w+=\S+ )?fnseal [^`]+)`/g)].map(
    ([, span = ""]) => span,
  );
  return [...fenced.map(({ text }) => text), ...spans].flatMap(commandsIn);
}

/** Parses a command line by the program's own definitions, and runs nothing: results are never asked for. */
async function parse(args: readonly string[]): Promise<void> {
  const program = new Command("fnseal")
    .exitOverride()
    .version("0")
    .configureOutput({ writeErr: () => undefined });
  for (const { name, load } of COMMANDS) {
    const command = program.command(name).exitOverride();
    const { define } = await load();
    define(command, { environment: {} as Environment, isJson: false, report: async () => undefined });
    for (const leaf of command.commands.length > 0 ? command.commands : [command]) {
      leaf
        .exitOverride()
        .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
        .option("--json");
    }
  }
  await program.parseAsync([...args], { from: "user" });
}

describe("commands in the docs", () => {
  const lines = pages.flatMap((page) =>
    commandsOf(page).map((args): [string, string[]] => [`${page}: fnseal ${args.join(" ")}`, args]),
  );

  test("there are some", () => {
    expect(lines.length).toBeGreaterThan(20);
  });

  test.each([...new Map(lines)])("%s is one", async (_line, args) => {
    const [name = "", ...rest] = args;
    // A page may speak of a command, or of the help of any.
    if (rest.length === 0) expect(COMMANDS.map((command) => command.name)).toContain(name);
    else if (!args.includes("--help")) await expect(parse(args)).resolves.toBeUndefined();
  });

  test("an option that does not exist would be found", async () => {
    await expect(parse(["sign", "dist", "--functions", "orders"])).rejects.toThrow("unknown option");
  });
});

describe("links in the docs", () => {
  test.each(pages)("%s leads nowhere that is not there", (page) => {
    const targets = [...textOf(page).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#([^)\s]+))?\)/g)];
    const missing = targets.filter(([, path = "", anchor]) => {
      const isCode = path.endsWith("errors.md") && anchor !== undefined;
      return !existsSync(join(root, dirname(page), path)) || (isCode && !Object.hasOwn(CODES, anchor));
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});
