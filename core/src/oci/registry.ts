import { hash } from "node:crypto";
import { FnsealError } from "../errors.ts";
import { MANIFEST_TYPES, MOST_MANIFEST_BYTES } from "./documents.ts";
import { type HttpAnswer, invalid } from "./http.ts";
import type { Repository } from "./reference.ts";
import { assertAnswered } from "./status.ts";
import { createTransport, type RegistryOptions } from "./transport.ts";

/** A manifest as a registry has it; its bytes are those that its digest names. */
export interface StoredManifest {
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** One page of what an image's referrers are listed on. */
export interface Page {
  readonly bytes: Buffer;
  readonly next: URL | undefined;
}

/**
 * The calls of the OCI distribution specification 1.1 that signing and verifying need. Every answer is bounded, and
 * what is asked for by digest is what the digest names. All throw FnsealError `registry-…`.
 */
export interface Registry {
  /** @param reference a tag, or `sha256:…`. @throws FnsealError `image-not-found`, `image-digest-mismatch` */
  manifest(repository: Repository, reference: string): Promise<StoredManifest>;
  /** @param limit bytes. @throws FnsealError `image-not-found`, `image-digest-mismatch`, `bundle-too-large` */
  blob(repository: Repository, sha256: string, limit: number): Promise<Buffer>;
  /** `undefined` where the registry does not have this part of the specification. */
  referrers(repository: Repository, sha256: string, next?: URL): Promise<Page | undefined>;
  /** @returns SHA-256, lower-case hexadecimal */
  putBlob(repository: Repository, bytes: Buffer): Promise<string>;
  /** @returns whether the registry lists it as a referrer of its subject by itself */
  putManifest(
    repository: Repository,
    reference: string,
    bytes: Buffer,
    mediaType: string,
  ): Promise<{ readonly isListed: boolean }>;
}

const SHORT = 64 << 10;

export function createRegistry(options: RegistryOptions): Registry {
  const transport = createTransport(options);

  async function read(
    repository: Repository,
    path: string | URL,
    accept: readonly string[],
    limit: number,
  ): Promise<HttpAnswer> {
    return transport.ask(repository, {
      ...{ method: "GET", path, action: "pull", limit },
      headers: { accept: accept.join(", "), "accept-encoding": "identity" },
    });
  }

  return {
    manifest: async (repository, reference) => {
      const what = `${repository.name}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`;
      const path = `${repository.name}/manifests/${reference}`;
      const answer = await read(repository, path, MANIFEST_TYPES, MOST_MANIFEST_BYTES);
      assertAnswered(answer, [200], what);
      if (answer.isCut) throw invalid(answer.url, `a manifest of more than ${MOST_MANIFEST_BYTES} bytes`);
      const sha256 = hash("sha256", answer.body);
      if (reference.startsWith("sha256:")) assertDigest(answer, sha256, reference.slice(7));
      return { sha256, bytes: answer.body };
    },
    blob: async (repository, sha256, limit) => {
      const answer = await read(repository, `${repository.name}/blobs/sha256:${sha256}`, ["*/*"], limit);
      assertAnswered(answer, [200], `the blob sha256:${sha256.slice(0, 16)}…`);
      if (answer.isCut)
        throw new FnsealError("bundle-too-large", `has more than the ${limit} bytes that are read`);
      assertDigest(answer, hash("sha256", answer.body), sha256);
      return answer.body;
    },
    referrers: async (repository, sha256, next) => {
      const path = next ?? `${repository.name}/referrers/sha256:${sha256}`;
      const answer = await read(repository, path, MANIFEST_TYPES, MOST_MANIFEST_BYTES);
      // 404: the specification's sign of a registry from before 1.1; some answer otherwise to what they don't know.
      if ([400, 404, 405].includes(answer.status)) return undefined;
      assertAnswered(answer, [200], `the referrers of sha256:${sha256.slice(0, 16)}…`);
      if (answer.isCut) throw invalid(answer.url, `a list of more than ${MOST_MANIFEST_BYTES} bytes`);
      return { bytes: answer.body, next: nextOf(answer) };
    },
    putBlob: async (repository, bytes) => {
      const sha256 = hash("sha256", bytes);
      const what = `the upload of ${bytes.length} bytes to ${repository.name}`;
      const headers = { "content-type": "application/octet-stream" };
      const action = "pull,push";
      const path = `${repository.name}/blobs/uploads/`;
      const begun = await transport.ask(repository, {
        method: "POST",
        path,
        action,
        headers: {},
        limit: SHORT,
      });
      assertAnswered(begun, [202], what);
      const location = begun.headers.get("location");
      if (location === null || !URL.canParse(location, begun.url.href))
        throw invalid(begun.url, "it names no place to upload to");
      const url = new URL(location, begun.url);
      url.searchParams.set("digest", `sha256:${sha256}`);
      const done = await transport.ask(repository, {
        method: "PUT",
        path: url,
        action,
        headers,
        body: bytes,
        limit: SHORT,
      });
      assertAnswered(done, [201], what);
      return sha256;
    },
    putManifest: async (repository, reference, bytes, mediaType) => {
      const answer = await transport.ask(repository, {
        ...{ method: "PUT", path: `${repository.name}/manifests/${reference}`, action: "pull,push" },
        ...{ headers: { "content-type": mediaType }, body: bytes, limit: SHORT },
      });
      assertAnswered(answer, [201], `the upload of a manifest to ${repository.name}`);
      return { isListed: answer.headers.has("oci-subject") };
    },
  };
}

function assertDigest({ url }: HttpAnswer, found: string, wanted: string): void {
  if (found === wanted) return;
  const message = `${url.host} sent sha256:${found.slice(0, 16)}… in place of sha256:${wanted.slice(0, 16)}…`;
  throw new FnsealError("image-digest-mismatch", message);
}

/** Source: RFC 8288; the distribution specification pages by `rel="next"`. */
function nextOf({ headers, url }: HttpAnswer): URL | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(headers.get("link") ?? "")?.[1];
  if (target === undefined) return undefined;
  if (!URL.canParse(target, url.href)) throw invalid(url, "its next page is no URL");
  return new URL(target, url);
}
