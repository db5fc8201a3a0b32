import { FnsealError } from "../errors.ts";
import type { Run } from "./run.ts";
import { SourceFile } from "./source.ts";
import { quote } from "./text.ts";

/** @throws FnsealError `artifact-too-large`, and as {@link SourceFile} does. */
export function openArchive(path: string, { limits }: Run): SourceFile {
  const file = SourceFile.open(path);
  if (file.size <= limits.archiveBytes) return file;
  file.close();
  throw new FnsealError(
    "artifact-too-large",
    `${quote(path)} has ${file.size} bytes, above ${limits.archiveBytes}`,
  );
}
