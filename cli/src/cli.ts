import { Command, CommanderError } from "commander";
import type { Environment } from "./environment.ts";
import { OutputError, write } from "./output.ts";
import { COMMANDS } from "./registry.ts";
import { helpAfter } from "./help.ts";
import { Reporter } from "./reporter.ts";
import { VERSION } from "./version.ts";

/**
 * Runs the command line once. Never throws.
 *
 * @returns the exit code: 0, 1, 2 or 3 as the help says, 130 after Ctrl-C
 */
export async function run(environment: Environment): Promise<number> {
  const { argv } = environment;
  const end = argv.indexOf("--");
  const isJson = argv.slice(0, end < 0 ? argv.length : end).includes("--json");
  const reporter = new Reporter(environment, isJson);
  const said = { out: "", error: "" };
  try {
    try {
      const program = await createProgram(environment, reporter, isJson, said);
      await program.parseAsync([...argv], { from: "user" });
    } catch (thrown) {
      if (thrown instanceof OutputError) throw thrown;
      if (!(thrown instanceof CommanderError)) await reporter.fail(thrown);
      else if (thrown.exitCode === 0 || isHelpAskedFor(thrown, said)) await reporter.print(said.out);
      else await failUsage(thrown, reporter, said.error);
    }
    return await reporter.end();
  } catch (thrown) {
    // The result did not arrive, so it was not given, whatever it was.
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    await write(environment.stderr, `error: [file-unwritable] cannot write the output: ${reason}\n`).catch(
      () => undefined,
    );
    return 2;
  }
}

interface Said {
  out: string;
  error: string;
}

async function createProgram(
  environment: Environment,
  reporter: Reporter,
  isJson: boolean,
  said: Said,
): Promise<Command> {
  const program = new Command("fnseal")
    .description("Signed serverless functions for Pulumi: sign code in CI, reject the rest at preview.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (said.out += text),
      writeErr: (text) => (said.error += text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .addHelpText(
      "after",
      helpAfter([
        "fnseal init",
        "fnseal sign dist --function orders",
        "fnseal verify dist --function orders",
      ]),
    );
  const context = {
    environment,
    isJson,
    report: (results: Parameters<Reporter["report"]>[0]) => reporter.report(results),
  };
  // The others are for help, and for what resembles a misspelt one.
  const asked = COMMANDS.filter(({ name }) => name === environment.argv[0]);
  for (const { name, summary, load } of asked.length > 0 ? asked : COMMANDS) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${sentence(summary)}.`);
    if (!environment.argv.includes(name)) continue;
    const { define } = await load();
    define(command, context);
    // What has commands of its own, as `trust-policy`, leaves the option to them.
    for (const leaf of command.commands.length > 0 ? command.commands : [command]) {
      leaf.option("--json", "print one JSON document instead of text");
    }
  }
  return program;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `fnseal help COMMAND` takes the process's exit code for its own, which is set to 3 until everything is done. */
function isHelpAskedFor({ code }: CommanderError, said: Said): boolean {
  return code === "commander.help" && said.error === "";
}

async function failUsage(error: CommanderError, reporter: Reporter, shown: string): Promise<void> {
  const { usageError } = await import("./errors.ts");
  // Without a command commander shows the help, and has no message.
  if (error.code === "commander.help")
    return reporter.fail(usageError("no command was given"), `${shown.trimEnd()}\n\n`);
  return reporter.fail(usageError(error.message.replace(/^error: /, "").replaceAll("\n", " ")));
}
