import { FnsealError } from "../errors.ts";

/** A repository of a registry. */
export interface Repository {
  /** Host and port as the reference says it: `ghcr.io`, `localhost:5000`; Docker Hub is `docker.io`. */
  readonly registry: string;
  /** `acme/orders`. */
  readonly name: string;
}

/** An image as it is named. */
export interface ImageReference extends Repository {
  readonly tag: string | undefined;
  /** SHA-256 of the manifest in lower-case hexadecimal. */
  readonly sha256: string | undefined;
}

/** An image that is named by digest: the only way that says which bytes are meant. */
export interface PinnedImage extends Repository {
  readonly sha256: string;
}

// Source: distribution/reference, reference.go; OCI distribution specification 1.1, "Pulling manifests".
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:([0-9a-f]{64})$/;
const MOST_CHARACTERS = 255;

/** Reads `[REGISTRY/]REPOSITORY[:TAG][@sha256:…]`; `undefined` where it is none. */
export function parseImageReference(text: string): ImageReference | undefined {
  const [whole = "", digest, ...more] = text.split("@");
  const sha256 = digest === undefined ? undefined : DIGEST.exec(digest)?.[1];
  if (more.length > 0 || (digest !== undefined && sha256 === undefined)) return undefined;
  const lastPart = whole.slice(whole.lastIndexOf("/") + 1);
  const colon = lastPart.indexOf(":");
  const tag = colon < 0 ? undefined : lastPart.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const repository = tag === undefined ? whole : whole.slice(0, -tag.length - 1);
  const { registry, name } = splitHost(repository);
  if (!HOST.test(registry) || name.length > MOST_CHARACTERS) return undefined;
  return name.split("/").every((part) => PART.test(part)) ? { registry, name, tag, sha256 } : undefined;
}

/** The first part is a host where it could not be a repository's: Docker's own rule. */
function splitHost(repository: string): Repository {
  const slash = repository.indexOf("/");
  const first = slash < 0 ? "" : repository.slice(0, slash);
  if (isHost(first))
    return { registry: first === "index.docker.io" ? "docker.io" : first, name: repository.slice(slash + 1) };
  return { registry: "docker.io", name: slash < 0 ? `library/${repository}` : repository };
}

function isHost(part: string): boolean {
  return part.includes(".") || part.includes(":") || part === "localhost";
}

/** Whether a reference names its registry; without one it could as well be a path. */
export function namesRegistry(text: string): boolean {
  return text.includes("/") && isHost(text.slice(0, text.indexOf("/")));
}

/** @throws FnsealError `image-reference-invalid`, `image-not-pinned` */
export function parsePinnedImage(text: string): PinnedImage {
  const reference = parseImageReference(text);
  if (!reference) {
    throw new FnsealError("image-reference-invalid", `${JSON.stringify(text)} is no reference to an image`);
  }
  const { registry, name, sha256 } = reference;
  if (sha256 === undefined)
    throw new FnsealError("image-not-pinned", `the image ${text} is not named by digest`);
  return { registry, name, sha256 };
}

/** `REGISTRY/REPOSITORY@sha256:…`. */
export function describeImage({ registry, name, sha256 }: PinnedImage): string {
  return `${registry}/${name}@sha256:${sha256}`;
}
