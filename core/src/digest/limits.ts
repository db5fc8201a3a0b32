/** How much of an artifact is read before fnseal gives up. All are whole numbers, 0 or more. */
export interface DigestLimits {
  /** Bytes of one archive file (`.zip`, `.tgz`, …) as it lies on disk. */
  readonly archiveBytes: number;
  /** Bytes of all files of an artifact together when unpacked. */
  readonly unpackedBytes: number;
  /** Files of an artifact; for an archive, its entries with folders. */
  readonly entries: number;
  /** Bytes of a zip's central directory: all of it is in memory at once. */
  readonly directoryBytes: number;
}

export const DEFAULT_LIMITS: DigestLimits = {
  // Lambda takes 50 MB by direct upload; through S3 only the unzipped limit below counts, and no useful
  // zip is larger than what it holds. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  archiveBytes: 262_144_000,
  // "250 MB: the maximum size of the contents of a deployment package, including layers": the same page,
  // and 262144000 in Lambda's own error message.
  unpackedBytes: 262_144_000,
  // AWS names no number. 250 MB are 64,000 files of one 4 KiB block each; a zip without zip64 holds 65,535.
  entries: 100_000,
  // 100,000 entries with a name of 280 bytes each; Linux allows 4,096, real packages have about 60.
  directoryBytes: 33_554_432,
};
