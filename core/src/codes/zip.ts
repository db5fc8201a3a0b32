import type { CodeTable } from "./table.ts";

const REBUILD = "Build the zip anew with Info-ZIP, 7-Zip, Python, Go, jar or bsdtar";

/** One code for each reason for which the strict zip reader refuses an archive. */
export const ZIP_CODES = {
  "zip-not-a-zip": {
    outcome: "rejected",
    title: "The file is not a zip",
    remedy: "Name the zip that the build wrote. A download that failed is often an HTML page.",
  },
  "zip-truncated": {
    outcome: "rejected",
    title: "The zip is cut off, or its end cannot be found",
    remedy: "Build or download it again, and compare its size.",
  },
  "zip-trailing-data": {
    outcome: "rejected",
    title: "There are bytes behind the zip's end",
    remedy: `${REBUILD}: some programs would look for another archive in what follows.`,
  },
  "zip-ambiguous-end": {
    outcome: "rejected",
    title: "The zip has more than one end record",
    remedy: `${REBUILD}, without a comment: programs differ in which end they start from.`,
  },
  "zip-multi-disk": {
    outcome: "rejected",
    title: "The zip is one part of several",
    remedy: "Build it as one file; Lambda takes no parts.",
  },
  "zip-zip64-mismatch": {
    outcome: "rejected",
    title: "The zip's 64-bit fields are broken or contradict the others",
    remedy: `${REBUILD}: programs differ in which fields they believe.`,
  },
  "zip-prefixed": {
    outcome: "rejected",
    title: "There are bytes before the zip's first entry",
    remedy: "Deploy a plain zip, not a self-extracting one.",
  },
  "zip-gap": {
    outcome: "rejected",
    title: "There are bytes in the zip that belong to no entry",
    remedy: `${REBUILD}: a program that reads from the front could find another file there.`,
  },
  "zip-overlap": {
    outcome: "rejected",
    title: "Two entries of the zip share bytes",
    remedy: `${REBUILD}: overlapping entries are how zip bombs are built.`,
  },
  "zip-directory-broken": {
    outcome: "rejected",
    title: "The zip's central directory is damaged",
    remedy: REBUILD + ".",
  },
  "zip-entry-count": {
    outcome: "rejected",
    title: "The zip says it has another number of entries than its directory lists",
    remedy: `${REBUILD}: programs differ in whether they stop at the number.`,
  },
  "zip-header-broken": {
    outcome: "rejected",
    title: "An entry's own header is missing or damaged",
    remedy: REBUILD + ".",
  },
  "zip-header-mismatch": {
    outcome: "rejected",
    title: "An entry's own header says something else than the zip's directory",
    remedy: `${REBUILD}: some programs believe the one and some the other.`,
  },
  "zip-descriptor-mismatch": {
    outcome: "rejected",
    title: "What follows an entry's content contradicts the zip's directory",
    remedy: `${REBUILD}: the data descriptor must repeat the checksum and the sizes.`,
  },
  "zip-encrypted": {
    outcome: "rejected",
    title: "An entry is encrypted with a password",
    remedy: "Build the zip without a password; Lambda cannot open it.",
  },
  "zip-strong-encryption": {
    outcome: "rejected",
    title: "The zip uses strong encryption or masked headers",
    remedy: "Build the zip without encryption; Lambda cannot open it.",
  },
  "zip-unknown-flag": {
    outcome: "rejected",
    title: "An entry has flags whose meaning programs don't share",
    remedy: REBUILD + ".",
  },
  "zip-version": {
    outcome: "rejected",
    title: "An entry asks for a newer unzip program than Lambda's files need",
    remedy: `${REBUILD}: programs that are older than the version named skip the entry.`,
  },
  "zip-method": {
    outcome: "rejected",
    title: "An entry is neither stored nor compressed with deflate",
    remedy: "Build the zip with deflate (7-Zip: `-mm=Deflate`): not every program knows other methods.",
  },
  "zip-extra-broken": {
    outcome: "rejected",
    title: "An entry's extra fields are damaged",
    remedy: REBUILD + ".",
  },
  "zip-unicode-path": {
    outcome: "rejected",
    title: "An entry's Unicode path differs from its name",
    remedy: `${REBUILD}: some programs would use the one name and some the other.`,
  },
  "zip-link-field": {
    outcome: "rejected",
    title: "An extra field could turn an entry into a link",
    remedy: "Build the zip so that it holds the files that links lead to (`zip` without `-y`).",
  },
  "zip-symlink": {
    outcome: "rejected",
    title: "An entry is a symlink",
    remedy: "Build the zip so that it holds the files that symlinks lead to (`zip` without `-y`).",
  },
  "zip-special-entry": {
    outcome: "rejected",
    title: "An entry is a pipe, a device or another thing that is no file",
    remedy: "Take it out: only files and folders can be deployed.",
  },
  "zip-entry-type": {
    outcome: "rejected",
    title: "An entry is a folder by its name and a file by its attributes, or the other way round",
    remedy: REBUILD + ".",
  },
  "zip-folder-content": {
    outcome: "rejected",
    title: "A folder's entry has content",
    remedy: `${REBUILD}: some programs would write it to a file.`,
  },
  "zip-duplicate-name": {
    outcome: "rejected",
    title: "Two entries of the zip have the same name",
    remedy: "Build the zip anew: which of the two runs depends on the program that unzips it.",
  },
  "zip-crc": {
    outcome: "rejected",
    title: "An entry's content doesn't match its checksum",
    remedy: "The zip is damaged: build or download it again.",
  },
  "zip-size": {
    outcome: "rejected",
    title: "An entry unpacks to another size than it says",
    remedy: REBUILD + ".",
  },
  "zip-deflate-broken": {
    outcome: "rejected",
    title: "An entry's compressed data is damaged",
    remedy: "The zip is damaged: build or download it again.",
  },
  "zip-deflate-trailing": {
    outcome: "rejected",
    title: "Bytes follow on the end of an entry's compressed data",
    remedy: REBUILD + ".",
  },
  "zip-too-large": {
    outcome: "rejected",
    title: "The zip unpacks to more than Lambda allows",
    remedy: "Take out what the function doesn't need; AWS allows 250 MB unzipped, layers included.",
  },
  "zip-too-many-entries": {
    outcome: "rejected",
    title: "The zip has more entries than fnseal reads",
    remedy: "Bundle the function, or take out what it doesn't need.",
  },
} as const satisfies CodeTable;
