import type { CodeTable } from "./table.ts";

/** Codes about container images and the registries that hold them. */
export const IMAGE_CODES = {
  "image-reference-invalid": {
    outcome: "usage",
    title: "What was given as a container image is no reference to one",
    remedy: "Name it as `REGISTRY/REPOSITORY@sha256:…`, with all 64 hexadecimal digits in lower case.",
  },
  "image-tag-refused": {
    outcome: "usage",
    title: "An image was named by tag where a digest is asked for",
    remedy:
      "A tag can move between two looks. Name the image by digest, as the message or the build says it.",
  },
  "image-not-found": {
    outcome: "undecided",
    title: "The registry does not have the image, or does not show it to these credentials",
    remedy: "Check repository and digest, push the image first, or log in: `docker login REGISTRY`.",
  },
  "image-malformed": {
    outcome: "rejected",
    title: "What the digest names is neither an image nor an index of images",
    remedy:
      "Name the manifest of an image, or an index of images: not a bundle, a layer, or an index in an index.",
  },
  "image-no-platform": {
    outcome: "rejected",
    title: "The image index has no image for the function's architecture",
    remedy:
      "Build the image for that architecture, or correct `architectures`; Lambda's default is x86_64 (linux/amd64).",
  },
  "image-digest-mismatch": {
    outcome: "rejected",
    title: "The registry sent other bytes than those that the digest names",
    remedy:
      "Do not use what it sent. Find out what stands between: a proxy, a mirror, or the registry itself.",
  },
  "registry-unauthorized": {
    outcome: "undecided",
    title: "The registry asks for credentials, or does not take those that it was given (401)",
    remedy: "Log in: `docker login REGISTRY`; for ECR have AWS credentials at hand.",
  },
  "registry-denied": {
    outcome: "undecided",
    title: "The registry does not let these credentials do that (403)",
    remedy: "Get the right to read the repository, and to write to it for signing.",
  },
  "registry-throttled": {
    outcome: "undecided",
    title: "The registry has had too many requests (429)",
    remedy: "Wait, or log in: most registries give more to those that they know.",
  },
  "registry-failed": {
    outcome: "undecided",
    title: "The registry failed (an answer of 500 or above)",
    remedy: "Try again later; nothing was verified.",
  },
  "registry-unreachable": {
    outcome: "undecided",
    title: "The registry could not be reached, or did not answer in time",
    remedy:
      "Check its name, the network, the proxy (NODE_USE_ENV_PROXY=1) and certificates (NODE_EXTRA_CA_CERTS).",
  },
  "registry-answer-invalid": {
    outcome: "undecided",
    title: "What answered is no registry, or one that does not keep to the specification",
    remedy: "Check the registry's name: a login page of a proxy answers like this, too.",
  },
  "registry-credentials-invalid": {
    outcome: "usage",
    title: "The credentials for the registry cannot be read",
    remedy: "Mend the Docker configuration or the credential helper that the message names.",
  },
} as const satisfies CodeTable;
