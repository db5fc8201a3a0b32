import { digestLines, readAny } from "../artifact.ts";
import { errorResult } from "../errors.ts";
import { helpAfter } from "../help.ts";
import type { Result } from "../output.ts";
import type { Context, Define } from "../registry.ts";

const NOTES = [
  "sha256 is the zip's bytes (Lambda's CodeSha256, there in base64), dirHash the files whatever holds them,\n" +
    "pulumiArchive the Pulumi engine's own hash of a folder. What programs could read differently is refused: it has\n" +
    "no dirHash, and the exit code is 1.",
];

export const define: Define = (command, context) => {
  command
    .argument("<path...>", "folders, .zip, .jar, .tar, .tgz or .tar.gz files, other files as they are")
    .addHelpText("after", helpAfter(["fnseal digest dist", "fnseal digest --json function.zip"], NOTES))
    .action((paths: string[]) => context.report(digest(paths, context)));
};

async function* digest(paths: readonly string[], { environment }: Context): AsyncGenerator<Result> {
  for (const path of paths) {
    try {
      const artifact = await readAny(environment, path);
      const { shape, digests, rawSha256, refusals, files, bytes } = artifact;
      const refused = refusals.map(({ code, message }) => `  refused: [${code}] ${message}`);
      yield {
        exit: refusals.length > 0 ? 1 : 0,
        json: {
          path,
          status: refusals.length > 0 ? "refused" : "done",
          ...{ shape, digests, ...(rawSha256 !== undefined && { rawSha256 }), files, bytes, refusals },
        },
        text: [
          `${path}: ${shape}, ${files} files, ${bytes} bytes`,
          ...digestLines(artifact),
          ...refused,
        ].join("\n"),
      };
    } catch (thrown) {
      yield errorResult(path, thrown);
    }
  }
}
