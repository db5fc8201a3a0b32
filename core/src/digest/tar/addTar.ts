import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { FnsealError } from "../../errors.ts";
import { HashedBytes } from "../hashedBytes.ts";
import { openArchive } from "../openArchive.ts";
import type { Place } from "../place.ts";
import { ByteQueue } from "./byteQueue.ts";
import { readTar } from "./readTar.ts";

const CHUNK = 64 * 1024;

/**
 * Gives the files of the tar at `path` to the place's set, and SHA-256 of the file itself, which is there
 * even if the tar is refused. Both come from one reading.
 */
export async function addTar(path: string, kind: "tar" | "tgz", place: Place): Promise<string> {
  const file = openArchive(path, place.run);
  try {
    const bytes = new HashedBytes(file);
    const raw = pieces(bytes);
    const queue = new ByteQueue(kind === "tgz" ? gunzipped(raw) : raw);
    await place.refusals.during(async () => {
      try {
        await readTar(queue, place);
      } finally {
        await queue.close();
      }
    });
    return await bytes.finish(place.run);
  } finally {
    file.close();
  }
}

async function* pieces(bytes: HashedBytes): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.size; at += CHUNK) {
    const piece = Buffer.allocUnsafe(Math.min(CHUNK, bytes.size - at));
    bytes.read(piece, at);
    yield piece;
  }
}

async function* gunzipped(raw: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(raw);
  const gunzip = createGunzip({ chunkSize: CHUNK / 2 });
  let failure: unknown;
  source.on("error", (thrown) => {
    failure = thrown;
    gunzip.destroy(thrown);
  });
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (thrown) {
    if (failure instanceof FnsealError) throw failure;
    throw new FnsealError("artifact-gzip-broken", "the gzip data is damaged or cut off", { cause: thrown });
  } finally {
    source.destroy();
    gunzip.destroy();
    // After this the generator reads no more, so that the rest can be hashed in order.
    await raw.return(undefined);
  }
}
