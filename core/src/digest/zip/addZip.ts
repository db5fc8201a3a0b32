import type { Place } from "../place.ts";
import { HashedBytes } from "../hashedBytes.ts";
import { openArchive } from "../openArchive.ts";
import { readZip } from "./readZip.ts";

/**
 * Gives the files of the zip or jar at `path` to the place's set, and SHA-256 of the file itself, which is
 * there even if the zip is refused. Both come from one reading.
 */
export async function digestZip(path: string, place: Place): Promise<string> {
  const file = openArchive(path, place.run);
  try {
    const bytes = new HashedBytes(file);
    let known: { bytes: Buffer; start: number } | undefined;
    const onDirectory = (directory: Buffer, start: number) => (known = { bytes: directory, start });
    await place.refusals.during(() => readZip(bytes, place, { order: "file", onDirectory }));
    return await bytes.finish(place.run, known);
  } finally {
    file.close();
  }
}

/** Gives the files of a zip or jar inside an AssetArchive to the place's set, in the engine's order. */
export async function addZip(path: string, place: Place): Promise<void> {
  const file = openArchive(path, place.run);
  try {
    await place.refusals.during(() => readZip(file, place, { order: "directory" }));
    file.assertUnchanged();
  } finally {
    file.close();
  }
}
