/** Container images: where they are, what they are made of, and the bundles that their registries hold about them. */
export { attachBundle, type Attachment, BUNDLE_MEDIA_TYPE, type Subject } from "./attach.ts";
export type { Credentials, FindCredentials } from "./credentials.ts";
export { dockerCredentials } from "./dockerConfig.ts";
export { isEcr } from "./ecr.ts";
export { type Image, type PlatformImage, readImage } from "./image.ts";
export { judgeImage, type ImageCase, type ImageVerdict } from "./judgeImage.ts";
export {
  describeImage,
  type ImageReference,
  namesRegistry,
  parseImageReference,
  parsePinnedImage,
  type PinnedImage,
  type Repository,
} from "./reference.ts";
export { createRegistry, type Registry, type StoredManifest } from "./registry.ts";
export { createRegistryStore } from "./registryStore.ts";
export { DEFAULT_TIMEOUT, type RegistryOptions } from "./transport.ts";
