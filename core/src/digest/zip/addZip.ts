import { FnsealError } from "../../errors.ts";
import type { Place } from "../place.ts";
import { sha256File } from "../sha256File.ts";

export async function addZip(path: string, place: Place): Promise<string> {
  const sha = await sha256File(path);
  if (place.run.limits.entries < 0) throw new FnsealError("artifact-unsupported", path);
  return sha;
}
