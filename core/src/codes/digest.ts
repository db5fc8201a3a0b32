import type { CodeTable } from "./table.ts";

/** Codes about the artifact itself: what could not be read, and what must not be in it. */
export const DIGEST_CODES = {
  "artifact-not-found": {
    outcome: "undecided",
    title: "Nothing is at the artifact's path",
    remedy: "Build the artifact first, or correct the path. In the policy pack, set `programFolder`.",
  },
  "artifact-unreadable": {
    outcome: "undecided",
    title: "A file or folder of the artifact could not be read",
    remedy: "Give the user that runs fnseal permission to read the path named, or mend a broken link there.",
  },
  "artifact-unsupported": {
    outcome: "undecided",
    title: "The path is neither a folder nor a file that Pulumi knows as an archive",
    remedy:
      "Name a folder, or a file whose name ends in `.zip`, `.jar`, `.tar`, `.tgz` or `.tar.gz` in lower case.",
  },
  "artifact-empty": {
    outcome: "undecided",
    title: "The artifact holds no file",
    remedy:
      "Build the artifact first. Pulumi engines 3.249 and 3.250 send every FileArchive as empty: use another version. A folder that is itself a symlink is deployed empty: name its target.",
  },
  "artifact-remote": {
    outcome: "undecided",
    title: "The artifact is fetched from a URL when it is deployed, so its content is not known here",
    remedy: "Download it in the build and use a FileArchive or FileAsset of the local file.",
  },
  "artifact-changed": {
    outcome: "undecided",
    title: "A file of the artifact changed while it was read",
    remedy: "Wait until the build has finished, then run again.",
  },
  "artifact-too-large": {
    outcome: "undecided",
    title: "The artifact is larger than a Lambda function can be",
    remedy:
      "Take out what the function doesn't need; AWS allows 250 MB unzipped, layers included. A program has the same limit: leave large files out with `--exclude`.",
  },
  "artifact-too-many-files": {
    outcome: "undecided",
    title: "The artifact has more files than fnseal reads",
    remedy: "Bundle the function, or take out what it doesn't need. Is the path the folder that was meant?",
  },
  "artifact-too-deep": {
    outcome: "undecided",
    title: "AssetArchives are nested too deeply",
    remedy: "Name the files by paths with `/` in one AssetArchive in place of one archive for each folder.",
  },
  "artifact-interrupted": {
    outcome: "undecided",
    title: "Reading the artifact was stopped before its end",
    remedy: "Run again. If a time limit stopped it, raise the limit.",
  },
  "artifact-name-empty": {
    outcome: "rejected",
    title: "A file in the artifact has an empty name",
    remedy: "Give every key of the AssetArchive and every entry of the archive a name.",
  },
  "artifact-name-absolute": {
    outcome: "rejected",
    title: "A file's name in the artifact starts with a slash",
    remedy: "Name files relative to the artifact's root: unzip programs differ in where they put this one.",
  },
  "artifact-name-parent": {
    outcome: "rejected",
    title: "A file's name in the artifact has a `..` in it",
    remedy: "Name files by the path they shall have in the function: `..` could write outside its folder.",
  },
  "artifact-name-drive": {
    outcome: "rejected",
    title: "A file's name in the artifact starts with a drive letter",
    remedy: "Name files relative to the artifact's root, without `C:`.",
  },
  "artifact-name-backslash": {
    outcome: "rejected",
    title: "A file's name in the artifact has a backslash in it",
    remedy:
      "Use `/` between folders: some programs take a backslash for a separator and some for a character.",
  },
  "artifact-name-newline": {
    outcome: "rejected",
    title: "A file's name in the artifact has a line break in it",
    remedy: "Rename the file: in the list that dirHash digests, one such name could pass for two files.",
  },
  "artifact-name-control": {
    outcome: "rejected",
    title: "A file's name in the artifact has a NUL or another control character in it",
    remedy: "Rename the file: programs cut such names at different places.",
  },
  "artifact-name-not-normal": {
    outcome: "rejected",
    title: "A file's name in the artifact has an empty or `.` part",
    remedy: "Write `a/b` for `a//b`, `./a/b` or `a/./b`, and no slash at the end.",
  },
  "artifact-name-encoding": {
    outcome: "rejected",
    title: "A file's name in the artifact is not valid UTF-8",
    remedy: "Rename the file, or build the archive with a program that writes names in UTF-8.",
  },
  "artifact-name-too-long": {
    outcome: "rejected",
    title: "A file's name in the artifact is longer than Linux allows",
    remedy: "Keep paths within 4,096 bytes and each part of them within 255: unzip programs cut longer ones.",
  },
  "artifact-name-is-folder": {
    outcome: "rejected",
    title: "One name in the artifact is a file and a folder at once",
    remedy: "Rename one of the two: only one can exist where the archive is unpacked.",
  },
  "artifact-text-encoding": {
    outcome: "rejected",
    title: "A text asset has half of a surrogate pair in it",
    remedy: "Write the text to a file and use a FileAsset: such a text has no UTF-8 form.",
  },
  "artifact-symlink-outside": {
    outcome: "rejected",
    title: "A symlink in the folder leads out of it",
    remedy: "Copy the file into the folder: what it holds could change without the folder changing.",
  },
  "artifact-symlink-folder": {
    outcome: "rejected",
    title: "A folder that is signed as deployment files or as a program has a symlink to a folder in it",
    remedy:
      "Put the folder itself there, or leave the link out with `--exclude`: what it leads to would not be covered.",
  },
  "artifact-special-file": {
    outcome: "rejected",
    title: "The artifact holds a pipe, a socket or a device",
    remedy: "Take it out of the folder: only files, folders and symlinks to files can be deployed.",
  },
  "artifact-gzip-broken": {
    outcome: "rejected",
    title: "The compressed tar is not a valid gzip file",
    remedy: "Build the archive anew with `tar -czf`.",
  },
  "artifact-tar-broken": {
    outcome: "rejected",
    title: "The tar archive is damaged, or programs would read it differently",
    remedy: "Build the archive anew with GNU tar, bsdtar or Go's archive/tar.",
  },
  "artifact-tar-entry-type": {
    outcome: "rejected",
    title: "The tar archive holds something that is neither a file nor a folder",
    remedy:
      "Build it with `tar --dereference --hard-dereference`; for `git archive`, name a tree, not a commit: Pulumi cannot unpack links, devices, sparse files and global headers.",
  },
  "artifact-tar-duplicate": {
    outcome: "rejected",
    title: "Two entries of the tar archive have the same name",
    remedy: "Build the archive anew: Pulumi deploys the first of the two, other programs the last.",
  },
} as const satisfies CodeTable;
