import { createHash } from "node:crypto";
import { Run, type RunOptions } from "./run.ts";
import { SourceFile } from "./source.ts";

/**
 * SHA-256 of a file's bytes in lower-case hexadecimal, in bounded memory. No limit on the file's size.
 * @throws FnsealError `artifact-not-found`, `artifact-unreadable`, `artifact-unsupported` (no regular
 * file), `artifact-changed`, `artifact-interrupted`.
 */
export async function sha256File(path: string, options: RunOptions = {}): Promise<string> {
  const run = new Run(options);
  const file = SourceFile.open(path);
  try {
    const hash = createHash("sha256");
    for (let position = 0; position < file.size; position += run.scratch.length) {
      const chunk = run.scratch.subarray(0, Math.min(run.scratch.length, file.size - position));
      file.read(chunk, position);
      hash.update(chunk);
      run.count(chunk.length);
      await run.pause();
    }
    file.assertUnchanged();
    run.finish();
    run.release();
    return hash.digest("hex");
  } finally {
    file.close();
  }
}
