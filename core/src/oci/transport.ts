import { setTimeout as sleep } from "node:timers/promises";
import { FnsealError } from "../errors.ts";
import { authorize } from "./authorize.ts";
import { type Challenge, parseChallenge } from "./challenge.ts";
import type { Credentials, FindCredentials } from "./credentials.ts";
import { assertAsSafe, type HttpAnswer, type HttpRequest, invalid, isLoopback, sendRequest } from "./http.ts";
import type { Repository } from "./reference.ts";

export interface RegistryOptions {
  readonly credentials: FindCredentials;
  /** Milliseconds for each question, with its redirects, tokens and further tries. */
  readonly timeout?: number;
  /** Registries, as references name them, that are asked without TLS. This machine always is. */
  readonly plain?: readonly string[];
}

export const DEFAULT_TIMEOUT = 20_000;
const ATTEMPTS = 3;
/** Milliseconds before the second attempt; twice as long before the third. */
const PAUSE = 500;
/** Milliseconds: a registry that wants a longer pause than this is not asked again. */
const LONGEST_PAUSE = 5000;
/** Milliseconds for which a registry that did not answer is taken for down: else each image would wait for it anew. */
const DOWN = 60_000;

type Question = Omit<HttpRequest, "url" | "signal"> & {
  /** Below the registry's `/v2/`, or a whole URL that the registry named. */
  readonly path: string | URL;
  /** What it is for: the right that a token is asked for. */
  readonly action: "pull" | "pull,push";
};

/** Asks registries, with what they want to be shown. */
export interface Transport {
  /** @throws FnsealError `registry-unreachable`, `registry-answer-invalid`, `registry-…` of a token service */
  ask(repository: Repository, question: Question): Promise<HttpAnswer>;
}

/** Keep one for a run: it remembers tokens, and which registry is down. */
export function createTransport({
  credentials,
  timeout = DEFAULT_TIMEOUT,
  plain = [],
}: RegistryOptions): Transport {
  const found = new Map<string, Promise<Credentials | undefined>>();
  const challenges = new Map<string, Challenge>();
  const authorizations = new Map<string, string>();
  const down = new Map<string, { readonly until: number; readonly error: FnsealError }>();
  const isPlain = new Set(plain.map((registry) => baseOf(registry, true).host));
  const mayBePlain = (url: URL): boolean => isPlain.has(url.host);

  const credentialsFor = (registry: string): Promise<Credentials | undefined> => {
    const known = found.get(registry) ?? credentials(registry);
    found.set(registry, known);
    return known;
  };

  async function authorizationFor(
    { registry, name }: Repository,
    action: Question["action"],
    from: URL,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const challenge = challenges.get(registry);
    if (!challenge) return undefined;
    const key = challenge.kind === "basic" ? registry : `${registry}/${name} ${action}`;
    const known = authorizations.get(key);
    if (known !== undefined) return known;
    const mine = await credentialsFor(registry);
    const scope = `repository:${name}:${action}`;
    const header = await authorize({ challenge, credentials: mine, scope, signal, mayBePlain }, from);
    if (header !== undefined) authorizations.set(key, header);
    return header;
  }

  async function once(repository: Repository, question: Question, signal: AbortSignal): Promise<HttpAnswer> {
    const { path, action, headers, ...rest } = question;
    const base = baseOf(repository.registry, isPlain.has(baseOf(repository.registry, true).host));
    const url = typeof path === "string" ? new URL(`/v2/${path}`, base) : path;
    assertAsSafe(base, url);
    const isOwn = url.origin === base.origin;
    for (let isSecond = false; ; isSecond = true) {
      // What the registry hands on to another host gets no credentials: the URL itself is what counts there.
      const authorization = isOwn ? await authorizationFor(repository, action, base, signal) : undefined;
      const all = authorization === undefined ? headers : { ...headers, authorization };
      const answer = await sendRequest({ ...rest, url, headers: all, signal }, mayBePlain);
      if (answer.status !== 401 || isSecond || !isOwn || answer.url.origin !== base.origin) return answer;
      const challenge = parseChallenge(answer.headers.get("www-authenticate") ?? "");
      if (!challenge) throw invalid(url, "an answer of 401 that does not say what is asked for");
      const scoped = challenge.kind === "bearer" ? { ...challenge, scope: undefined } : challenge;
      challenges.set(repository.registry, scoped);
      // What was shown may have ended: a token, or a password of a cloud's that is good for hours.
      if (authorization !== undefined) found.delete(repository.registry);
      authorizations.delete(`${repository.registry}/${repository.name} ${action}`);
      authorizations.delete(repository.registry);
    }
  }

  return {
    ask: async (repository, question) => {
      const known = down.get(repository.registry);
      if (known && known.until > Date.now()) throw known.error;
      const signal = AbortSignal.timeout(timeout);
      try {
        return await persist(() => once(repository, question, signal), question, signal);
      } catch (thrown) {
        if (thrown instanceof FnsealError && thrown.code === "registry-unreachable") {
          down.set(repository.registry, { until: Date.now() + DOWN, error: thrown });
        }
        throw thrown;
      }
    },
  };
}

/** Tries again what may pass, as long as there is time. Starting an upload twice leaves one that nobody ends. */
async function persist(
  ask: () => Promise<HttpAnswer>,
  { method }: Question,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === ATTEMPTS || method === "POST";
    let pause = PAUSE * 2 ** (attempt - 1);
    try {
      const answer = await ask();
      if (isLast || (answer.status !== 429 && answer.status < 500)) return answer;
      pause = Math.max(pause, Number(answer.headers.get("retry-after") ?? 0) * 1000 || 0);
      if (pause > LONGEST_PAUSE) return answer;
    } catch (thrown) {
      const isPassing = thrown instanceof FnsealError && thrown.code === "registry-unreachable";
      if (isLast || !isPassing || signal.aborted) throw thrown;
    }
    await sleep(pause);
  }
}

/** Where a registry's API is. Docker Hub's has another name than the one that people write. */
function baseOf(registry: string, isPlain: boolean): URL {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const url = new URL(`https://${host}`);
  return isPlain || isLoopback(url) ? new URL(`http://${host}`) : url;
}
