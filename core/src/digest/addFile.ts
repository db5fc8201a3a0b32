import type { FileSet } from "./fileSet.ts";
import type { Run } from "./run.ts";
import { SourceFile } from "./source.ts";

/**
 * Reads the regular file at `path` into `set` under `name`, in memory that doesn't grow with the file.
 * @throws FnsealError as {@link SourceFile} does, and `artifact-too-large`.
 */
export async function addFile(
  set: FileSet,
  run: Run,
  name: string,
  path: string,
  opening: { readonly noFollow?: boolean } = {},
): Promise<void> {
  const file = SourceFile.open(path, opening);
  try {
    if (file.size <= run.scratch.length) {
      const content = run.scratch.subarray(0, file.size);
      file.read(content, 0);
      set.add(name, content);
      run.count(file.size);
    } else {
      await addLargeFile(set, run, name, file);
    }
    file.assertUnchanged();
  } finally {
    file.close();
  }
}

async function addLargeFile(set: FileSet, run: Run, name: string, file: SourceFile): Promise<void> {
  const sink = set.start(name, file.size);
  for (let position = 0; position < file.size; position += run.scratch.length) {
    const chunk = run.scratch.subarray(0, Math.min(run.scratch.length, file.size - position));
    file.read(chunk, position);
    sink.update(chunk);
    run.count(chunk.length);
    await run.pause();
  }
  sink.end();
}
