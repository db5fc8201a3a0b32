import {
  describeVerdict,
  FnsealError,
  judgeProgram,
  type JudgedProgram,
  passes,
  type Target,
} from "@fnseal/core";
import { projectOf, stackOf } from "../engine/urn.ts";
import { type Finding, notice, problem } from "../rules/finding.ts";
import type { Ready, Session } from "../session.ts";

/** The resource by which every program begins. */
const STACK_TYPE = "pulumi:pulumi:Stack";

/** Source: Pulumi's names of projects and stacks. */
const NAME = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;

interface Resource {
  readonly urn: string;
  readonly type: string;
}

interface Remembered {
  readonly findings: Promise<readonly Finding[]>;
  /** Whether the stack's own resource has come by since it was judged. */
  hasStack: boolean;
}

const remembered = new WeakMap<Session, Map<string, Remembered>>();

/**
 * Judges the program that registers a resource: once a run, and then by what was found. A preview is told once. An update
 * is told for each resource, for none may be created by a program that is not signed.
 */
export async function judgeProgramOf({ urn, type }: Resource, session: Session): Promise<Finding[]> {
  const name = `${projectOf(urn)}/${stackOf(urn)}`;
  const known = remembered.get(session) ?? new Map<string, Remembered>();
  remembered.set(session, known);
  const isStack = type === STACK_TYPE;
  const earlier = known.get(name);
  // A second one is another run's: the files may have changed since.
  if (earlier && !(isStack && earlier.hasStack)) {
    earlier.hasStack ||= isStack;
    if (session.isPreview) return [];
    return (await earlier.findings).filter(({ level }) => level === "violation").map(shortened);
  }
  const findings = judgeNow(name, session.ready(projectOf(urn)));
  known.set(name, { findings, hasStack: isStack });
  return [...(await findings)];
}

/** The first line says what is wrong. */
function shortened({ level, text }: Finding): Finding {
  return { level, text: text.split("\n", 1)[0] ?? "" };
}

async function judgeNow(name: string, ready: Ready): Promise<Finding[]> {
  const { config, judge, store } = ready;
  const folders = [...new Set(ready.folders.map(({ projectFolder }) => projectFolder))];
  // What is no name of Pulumi's is not known to be anyone's.
  const target: Target = { kind: "program", name: NAME.test(name) ? name : undefined };
  const judged: { readonly folder: string; readonly judged: JudgedProgram }[] = [];
  for (const folder of folders) {
    judged.push({
      folder,
      judged: await judgeProgram(folder, { target, policy: config.policy, judge, store }),
    });
  }
  const [first, ...others] = judged;
  if (!first) return failed("program-folder-unknown", "the program's folder was not found", target, ready);
  const { verdict } = first.judged;
  const isSame = ({ judged: { verdict: other } }: { judged: JudgedProgram }): boolean =>
    JSON.stringify(other.digests) === JSON.stringify(verdict.digests) && other.status === verdict.status;
  if (!others.every(isSame)) {
    const message = `the program may be in ${folders.join(" or ")}, and their files differ`;
    return failed("program-folder-ambiguous", message, target, ready);
  }
  return toFindings(first.folder, first.judged);
}

/** As code that cannot be read: an exception of the trust policy lets it pass. */
async function failed(
  code: "program-folder-unknown" | "program-folder-ambiguous",
  message: string,
  target: Target,
  { judge }: Ready,
): Promise<Finding[]> {
  const artifact = new FnsealError(code, message);
  const verdict = await judge.judge({ target, artifact, found: { candidates: [], searched: [] } });
  if (passes(verdict)) return verdict.notices.map((one) => notice(one.code, `program: ${one.message}`));
  return [problem(code, message)];
}

function toFindings(folder: string, { verdict }: JudgedProgram): Finding[] {
  const subject = `program ${folder}`;
  if (passes(verdict)) {
    return verdict.notices.map(({ code, message }) => notice(code, `${subject}: ${message}`));
  }
  return [{ level: "violation", text: describeVerdict(verdict, { subject, mend: mendOf(verdict.code) }) }];
}

const SIGN = "npx fnseal sign . --program";

/** The command that mends it, to be run in the project's folder. */
function mendOf(code: string): string | undefined {
  switch (code) {
    case "bundle-not-found":
    case "expired":
    case "too-old":
      return `review the program and sign it: ${SIGN}`;
    case "program-changed":
    case "bundle-other-artifact":
      return `if the change is meant, sign it: ${SIGN}; if not, find out who made it`;
    default:
      return undefined;
  }
}
