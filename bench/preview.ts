import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createCodeStatement,
  digestPath,
  generateKeyPairFiles,
  loadSigningKey,
  signStatement,
} from "@fnseal/core";
import { readIdentityToken, readSigningConfig, signKeyless } from "../core/src/keyless/index.ts";
import { ensureSigstore } from "../scripts/tools/sigstore.ts";
import { newPolicyPack, newProject, type PolicyPackFolder, type Project } from "../test/support/engine.ts";
import { startSigstore } from "../test/support/sigstore.ts";
import { zipOf } from "./zipOf.ts";
import { median, type Row } from "./row.ts";

const FUNCTIONS = 1000;
const ROUNDS = Number(process.env["FNSEAL_BENCH_ROUNDS"] ?? 3);
const MOST_TIMES = 1.1;
const MOST_TIMES_KEYLESS = 1.15;
const AT_ONCE = 20;
const MOST_START_TIMES = 1.3;
const MOST_CPU_MS = 3;
const MOST_MEGABYTES = 250;

const PACK = join(import.meta.dirname, "../policypack");

/** The pack that does nothing: what is compared with. */
const EMPTY = `
  const { PolicyPack } = require("@pulumi/policy");
  new PolicyPack("empty", { policies: [{
    name: "nothing", description: "Asks nothing.", enforcementLevel: "mandatory", validateResource: () => {},
  }] });
`;

/** Loaded into the pack's process: writes down what it has used, again and again, since it is ended by a signal. */
const PROBE = `
  if (process.argv.some((argument) => argument.includes("run-policy-pack"))) {
    const { renameSync, writeFileSync } = require("node:fs");
    const note = () => {
      const { user, system } = process.cpuUsage();
      // The signal may come at any moment: what is there is whole.
      const next = process.env.BENCH_PROBE + ".next";
      writeFileSync(next, JSON.stringify({
        cpu: (user + system) / 1000, rss: process.resourceUsage().maxRSS / 1024,
      }));
      renameSync(next, process.env.BENCH_PROBE);
    };
    setInterval(note, 100).unref();
    process.on("exit", note);
  }
`;

interface Sample {
  readonly wall: number;
  /** Milliseconds. */
  readonly cpu: number;
  /** Megabytes. */
  readonly rss: number;
}

/** Previews of 1,000 signed functions and of none, with fnseal and with the pack that does nothing, in turn. */
export async function benchPreview(): Promise<Row[]> {
  // With the same options as ours, so that what is compared is fnseal and not a compiler that is not loaded.
  const yaml = readFileSync(join(PACK, "PulumiPolicy.yaml"), "utf8").replace(/^main:.*$/m, "main: index.js");
  const empty = newPolicyPack({ source: EMPTY, files: { "PulumiPolicy.yaml": yaml } });
  try {
    const many = await compare(FUNCTIONS, empty, signByKey);
    const keyless = await compare(FUNCTIONS, empty, signKeylessly);
    const none = await compare(0, empty, signByKey);
    const cpu = median(many.map(({ ours, theirs }) => (ours.cpu - theirs.cpu) / FUNCTIONS));
    const rss = Math.max(...many.map(({ ours }) => ours.rss));
    return [
      ratioRow(`preview of ${FUNCTIONS} functions with zip and bundle`, many, MOST_TIMES),
      ratioRow(`preview of ${FUNCTIONS} functions with keyless bundles`, keyless, MOST_TIMES_KEYLESS),
      {
        name: "the pack's CPU time for a function, beyond the empty pack's",
        measured: `${cpu.toFixed(2)} ms`,
        target: `at most ${MOST_CPU_MS} ms`,
        isMet: cpu <= MOST_CPU_MS,
      },
      {
        name: `the pack's memory at ${FUNCTIONS} functions`,
        measured: `${rss.toFixed(0)} MB (empty pack ${Math.max(...many.map(({ theirs }) => theirs.rss)).toFixed(0)} MB)`,
        target: `at most ${MOST_MEGABYTES} MB`,
        isMet: rss <= MOST_MEGABYTES,
      },
      startRow(none),
    ];
  } finally {
    empty.remove();
  }
}

interface Pair {
  readonly ours: Sample;
  readonly theirs: Sample;
}

/** Makes a trust policy, and what signs by it. */
type Signing = (folder: string) => Promise<{
  readonly sign: (statement: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}>;

async function compare(functions: number, empty: PolicyPackFolder, signing: Signing): Promise<Pair[]> {
  const project = await newProject({
    program: programWith(functions),
    config: { "aws:region": "eu-central-1" },
  });
  try {
    await signFunctions(project, functions, signing);
    const ours = { path: PACK, config: CONFIG };
    await preview(project, empty);
    const pairs: Pair[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      pairs.push({ ours: await preview(project, ours), theirs: await preview(project, empty) });
    }
    return pairs;
  } finally {
    project.remove();
  }
}

const CONFIG = { "fnseal-config": { trustPolicyFile: "trust-policy.yaml" } };

function programWith(functions: number): string {
  return `
    const pulumi = require("@pulumi/pulumi");
    class Fn extends pulumi.CustomResource {
      constructor(name, props) { super("aws:lambda/function:Function", name, props); }
    }
    for (let i = 0; i < ${functions}; i++) {
      new Fn("f" + i, {
        runtime: "nodejs22.x", handler: "index.handler", role: "arn:aws:iam::123456789012:role/r",
        code: new pulumi.asset.FileArchive("./code/f" + i + ".zip"),
      });
    }
  `;
}

const signByKey: Signing = async (folder) => {
  const { privatePem, publicPem } = await generateKeyPairFiles("");
  const key = await loadSigningKey(privatePem, "", "the benchmark's key");
  writeFileSync(join(folder, "fnseal.pub"), publicPem);
  writeFileSync(
    join(folder, "trust-policy.yaml"),
    "version: 1\nauthorities:\n  ci: { key: fnseal.pub }\nrules:\n  - signedBy: ci\n",
  );
  return { sign: (statement) => signStatement(statement, key), stop: async () => {} };
};

const signKeylessly: Signing = async (folder) => {
  await ensureSigstore();
  const { issuer, signingConfig, trustedRoot, stop } = await startSigstore();
  const [now, subject] = [new Date(), "ci@example.com"];
  const policy = {
    version: 1,
    authorities: { ci: { keyless: { issuer: issuer.url, subject } } },
    rules: [{ signedBy: "ci" }],
    trustedRoot: "trusted_root.json",
  };
  writeFileSync(join(folder, "trusted_root.json"), JSON.stringify(trustedRoot));
  writeFileSync(join(folder, "trust-policy.yaml"), JSON.stringify(policy));
  const options = {
    services: readSigningConfig(signingConfig, now),
    token: readIdentityToken(issuer.token(subject, { exp: now.getTime() / 1000 + 3600 }), now),
  };
  return { sign: (statement) => signKeyless(statement, options), stop };
};

async function signFunctions({ folder }: Project, functions: number, signing: Signing): Promise<void> {
  const { sign, stop } = await signing(folder);
  mkdirSync(join(folder, "code"));
  const signOne = async (index: number): Promise<void> => {
    const path = join(folder, `code/f${index}.zip`);
    writeFileSync(path, zipOf({ "index.js": `exports.handler = async () => ${index};\n`.repeat(100) }));
    const { digests } = await digestPath(path);
    const statement = createCodeStatement({
      name: `f${index}.zip`,
      digests,
      functions: [`f${index}-*`],
      layers: [],
      signedAt: new Date(),
    });
    writeFileSync(`${path}.sigstore.json`, await sign(statement));
  };
  try {
    for (let first = 0; first < functions; first += AT_ONCE) {
      const indexes = Array.from({ length: Math.min(AT_ONCE, functions - first) }, (_, at) => first + at);
      await Promise.all(indexes.map(signOne));
    }
  } finally {
    await stop();
  }
}

async function preview(project: Project, pack: { path: string; config?: object }): Promise<Sample> {
  const probe = join(project.folder, "probe.cjs");
  const noted = join(project.folder, "probe.json");
  writeFileSync(probe, PROBE);
  const start = performance.now();
  const { exitCode, stdout, stderr } = await project.preview({
    policyPacks: [pack],
    timeoutMs: 300_000,
    env: { NODE_OPTIONS: `--require=${probe}`, BENCH_PROBE: noted },
  });
  const wall = performance.now() - start;
  if (exitCode !== 0) throw new Error(`a preview of the benchmark failed:\n${stdout}\n${stderr}`);
  const { cpu, rss } = JSON.parse(readFileSync(noted, "utf8")) as { cpu: number; rss: number };
  return { wall, cpu, rss };
}

function ratioRow(name: string, pairs: readonly Pair[], most: number): Row {
  const ratio = median(pairs.map(({ ours, theirs }) => ours.wall / theirs.wall));
  const [ours, theirs] = [
    median(pairs.map((pair) => pair.ours.wall)),
    median(pairs.map((pair) => pair.theirs.wall)),
  ];
  return {
    name,
    measured: `${ratio.toFixed(2)} times the empty pack's (${(ours / 1000).toFixed(1)} s against ${(theirs / 1000).toFixed(1)} s)`,
    target: `at most ${most} times`,
    isMet: ratio <= most,
  };
}

/** With no function to judge, what a pack's process uses is its start. */
function startRow(pairs: readonly Pair[]): Row {
  const ratio = median(pairs.map(({ ours, theirs }) => ours.cpu / theirs.cpu));
  const ours = median(pairs.map((pair) => pair.ours.cpu));
  const theirs = median(pairs.map((pair) => pair.theirs.cpu));
  const wall = median(pairs.map((pair) => pair.ours.wall - pair.theirs.wall));
  return {
    name: "starting the pack",
    measured: `${ratio.toFixed(2)} times the empty pack's CPU time (${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms; the preview ${wall.toFixed(0)} ms longer)`,
    target: `at most ${MOST_START_TIMES} times`,
    isMet: ratio <= MOST_START_TIMES,
  };
}
