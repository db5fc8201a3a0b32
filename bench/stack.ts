import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPairFiles } from "@fnseal/core";
import { newProject, type Project } from "../test/support/engine.ts";
import { median, type Row } from "./row.ts";
import { zipOf } from "./zipOf.ts";

const FUNCTIONS = 100;
const ROUNDS = Number(process.env["FNSEAL_BENCH_ROUNDS"] ?? 5);
const MOST_TIMES = 1.15;
const PASSWORD = "benchmark";
const CLI = join(import.meta.dirname, "../cli/dist/fnseal.cjs");

/** What is compared with: the same preview by the same automation API, and nothing more. */
const PREVIEW = `
  const { LocalWorkspace, Stack } = require("@pulumi/pulumi/automation");
  LocalWorkspace.create({ workDir: process.cwd() })
    .then((workspace) => {
      workspace.selectStack = () => Promise.resolve();
      return Stack.select("dev", workspace);
    })
    .then((stack) => stack.preview({ color: "never" }));
`;

/** `fnseal sign --stack` of 100 functions against the preview alone, in turn. */
export async function benchStack(): Promise<Row[]> {
  const project = await newProject({
    program: programOf(FUNCTIONS),
    config: { "aws:region": "eu-central-1" },
  });
  try {
    await layOut(project);
    const sign = ["sign", "--stack", "dev", "--key", "ci.key", "--bundle-folder", "bundles"];
    await secondsOf(project, ["-e", PREVIEW]);
    await secondsOf(project, [CLI, ...sign]);
    const ratios: number[] = [];
    const times: { ours: number; theirs: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const theirs = await secondsOf(project, ["-e", PREVIEW]);
      const ours = await secondsOf(project, [CLI, ...sign]);
      ratios.push(ours / theirs);
      times.push({ ours, theirs });
    }
    const ratio = median(ratios);
    const seconds = (of: "ours" | "theirs"): string => median(times.map((time) => time[of])).toFixed(1);
    return [
      {
        name: `sign --stack on ${FUNCTIONS} functions over the preview alone`,
        measured: `${ratio.toFixed(2)} times (${seconds("ours")} s against ${seconds("theirs")} s)`,
        target: `at most ${MOST_TIMES} times`,
        isMet: ratio <= MOST_TIMES,
      },
    ];
  } finally {
    project.remove();
  }
}

function programOf(functions: number): string {
  return `
    const pulumi = require("@pulumi/pulumi");
    class Fn extends pulumi.CustomResource {
      constructor(name, props) { super("aws:lambda/function:Function", name, props); }
    }
    for (let i = 0; i < ${functions}; i++) {
      new Fn("f" + i, {
        name: "f" + i, runtime: "nodejs24.x", handler: "index.handler", role: "arn:aws:iam::123456789012:role/r",
        code: new pulumi.asset.FileArchive("./code/f" + i + ".zip"),
      });
    }
  `;
}

async function layOut({ folder }: Project): Promise<void> {
  const { privatePem } = await generateKeyPairFiles(PASSWORD);
  writeFileSync(join(folder, "ci.key"), privatePem);
  mkdirSync(join(folder, "code"));
  for (let index = 0; index < FUNCTIONS; index++) {
    const content = `exports.handler = async () => ${index};\n`.repeat(100);
    writeFileSync(join(folder, `code/f${index}.zip`), zipOf({ "index.js": content }));
  }
}

async function secondsOf(project: Project, args: readonly string[]): Promise<number> {
  const ran = await project.execute(process.execPath, args, {
    env: { FNSEAL_PASSWORD: PASSWORD },
    timeoutMs: 300_000,
  });
  if (ran.exitCode !== 0) throw new Error(`${ran.stdout}\n${ran.stderr}`);
  return ran.seconds;
}
