import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A TUF repository on loopback (specification 1.0.31, consistent snapshots), with one key for every role. */
export interface TufRepository {
  readonly url: string;
  /** The first root, which clients are given by hand. */
  readonly root: string;
  /** Publishes anew: every role with one version more, the root where it is asked for. */
  publish(options: Publication): void;
  /** What every request is answered with instead, as a status; `undefined`: as it should be. */
  fail(status: number | undefined): void;
  /** Changes one file that is served. */
  tamper(path: string, change: (text: string) => string): void;
  /** Serves what was served before the last `publish`. */
  rollBack(): void;
  readonly requests: () => number;
  readonly stop: () => Promise<void>;
}

export interface Publication {
  /** Publishes a new root as well, which ends then. */
  readonly root?: Date;
  readonly targets: Readonly<Record<string, string>>;
  /** When the metadata of a role ends; default: in a day. */
  readonly expires?: Readonly<Record<string, Date>>;
  /** Who signs it; default: the repository's own key. */
  readonly by?: KeyObject;
}

type Json = Record<string, unknown>;

export async function startTufRepository(): Promise<TufRepository> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = {
    keytype: "ed25519",
    scheme: "ed25519",
    // SubjectPublicKeyInfo of an Ed25519 key ends with its 32 bytes (RFC 8410).
    keyval: { public: publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex") },
  };
  const keyid = createHash("sha256").update(canonical(key)).digest("hex");
  const roles = ["root", "timestamp", "snapshot", "targets"];
  const signed = (content: Json, by: KeyObject = privateKey): string =>
    JSON.stringify({
      signed: content,
      signatures: [{ keyid, sig: sign(null, Buffer.from(canonical(content)), by).toString("hex") }],
    });
  const tomorrow = (): Date => new Date(Date.now() + 86_400_000);
  const rootOf = (of: number, expires: Date): string =>
    signed({
      ...common("root", of, expires),
      consistent_snapshot: true,
      keys: { [keyid]: key },
      roles: Object.fromEntries(roles.map((role) => [role, { keyids: [keyid], threshold: 1 }])),
    });
  const root = rootOf(1, new Date("2100-01-01"));
  const roots = new Map<string, string>();
  let files = new Map<string, string>();
  let before = files;
  let version = 0;
  let failure: number | undefined;
  let requests = 0;
  const publish = ({ targets, expires = {}, by, root: end }: Publication): void => {
    before = files;
    if (end) roots.set(`/${roots.size + 2}.root.json`, rootOf(roots.size + 2, end));
    files = new Map(roots);
    version++;
    const of = (role: string): Json => common(role, version, expires[role] ?? tomorrow());
    const entries = Object.entries(targets).map(([name, text]) => {
      const sha256 = createHash("sha256").update(text).digest("hex");
      files.set(`/targets/${sha256}.${name}`, text);
      return [name, { length: Buffer.byteLength(text), hashes: { sha256 } }];
    });
    const meta = (name: string): Json => ({ [name]: { version } });
    const content = { ...of("targets"), targets: Object.fromEntries(entries) as Json };
    files.set(`/${version}.targets.json`, signed(content, by));
    files.set(`/${version}.snapshot.json`, signed({ ...of("snapshot"), meta: meta("targets.json") }, by));
    files.set("/timestamp.json", signed({ ...of("timestamp"), meta: meta("snapshot.json") }, by));
  };
  const server = createServer((request, response) => {
    requests++;
    const text = files.get(decodeURIComponent(new URL(request.url ?? "/", "http://127.0.0.1").pathname));
    response.writeHead(failure ?? (text === undefined ? 404 : 200)).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    root,
    publish,
    fail: (status) => (failure = status),
    tamper: (path, change) => {
      const name = [...files.keys()].find((file) => file.endsWith(path)) ?? "";
      files.set(name, change(files.get(name) ?? ""));
    },
    rollBack: () => (files = before),
    requests: () => requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function common(role: string, version: number, expires: Date): Json {
  const end = expires.toISOString().replace(/\.\d+Z$/, "Z");
  return { _type: role, spec_version: "1.0.31", version, expires: end };
}

/** Canonical JSON, as TUF signs it: names in order, no space. Nothing here needs more. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}
