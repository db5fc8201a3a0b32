import type { Rule, Verdict } from "@fnseal/core";
import { AwsFailure, type FailureKind } from "../../src/awsFailure.ts";
import { setsConcurrency } from "../../src/events/weight.ts";
import type { Inspector } from "../../src/inspect/index.ts";
import type { FunctionFacts } from "../../src/model/facts.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Inspection, Judgement } from "../../src/model/inspection.ts";
import { arnOf, keyOf, type Place } from "../../src/model/place.ts";
import type { FunctionRecord } from "../../src/model/record.ts";
import type { Settings } from "../../src/model/settings.ts";
import type { Ports } from "../../src/ports.ts";
import { createOperator, createWatcher, readRecord } from "../../src/watch/index.ts";
import type { Cause, Watched } from "../../src/watcher.ts";
import { MemoryItems } from "./memoryItems.ts";

/** A process that was killed: none of its calls does anything any more. */
export class Killed extends Error {}

interface Lambda {
  /** What the verdict is made of: `good…` is verified, `exempt…`, `undecided…`, all else rejected with this code. */
  code: string;
  reserved: number | undefined;
  provisioned: Map<string, number>;
  tags: Record<string, string>;
  /** Published versions: number → code; reachable where it has provisioned concurrency. */
  versions: Map<string, string>;
  expires?: Date;
  destinations?: string[];
}

export const PLACE: Place = { account: "123456789012", region: "eu-central-1", name: "orders-api" };
export const OWN: Place = { account: "123456789012", region: "eu-central-1", name: "fnseal-verifier" };

/** An AWS account in memory, with other actors, refusals, and processes that die. */
export class World {
  now = new Date("2030-01-01T00:00:00.000Z");
  readonly items = new MemoryItems(() => this.now);
  readonly lambdas = new Map<string, Lambda>();
  readonly mails: Finding[] = [];
  readonly events: Finding[] = [];
  readonly calls: string[] = [];
  readonly metrics: string[] = [];
  /** How often the next calls are refused, by name. */
  readonly refusals: Record<string, number> = {};
  refusal: FailureKind = "conflict";
  rule: Rule = ruleWith(["detect", "notify", "block"]);
  settings: Settings = {
    actions: ["detect", "notify"],
    regions: [PLACE.region],
    scope: { include: ["*"], exclude: [], tags: {} },
    breaker: { blocksPerHour: 5 },
    sweep: { getFunctionPerSecond: 0, othersPerSecond: 0, trustSealedForDays: 7 },
    download: { bytes: 1, milliseconds: 1 },
    documentation: "https://example.com/errors",
  };
  policyHash = "policy 1";
  /** Codes that a new trust policy does not let pass any more. */
  readonly untrusted = new Set<string>();
  random: () => number = Math.random;
  /** Lets other processes run between any two calls. */
  isInterleaved = false;
  inspections = 0;
  #events = 0;

  add(code: string, place = PLACE, more: Partial<Lambda> = {}): Lambda {
    const lambda: Lambda = {
      code,
      reserved: undefined,
      provisioned: new Map(),
      tags: {},
      versions: new Map(),
      ...more,
    };
    this.lambdas.set(keyOf(place), lambda);
    return lambda;
  }

  async finishFirstSweep(region = PLACE.region): Promise<void> {
    const key = { partition: `sweep#${region}`, sort: "sweep" };
    await this.items.put(key, { first: true, finishedAt: this.now.toISOString() }, undefined);
  }

  event(
    event = "UpdateFunctionCode20150331v2",
    who = "arn:aws:iam::123456789012:user/mallory",
  ): Extract<Cause, { kind: "event" }> {
    this.#events += 1;
    this.now = new Date(this.now.getTime() + 1000);
    const change = {
      event,
      eventId: `event-${this.#events}`,
      time: this.now.toISOString(),
      who,
      from: "192.0.2.1",
    };
    const concurrency = setsConcurrency(event) ? change : undefined;
    return { kind: "event", change, concurrency, receivedAt: this.now };
  }

  sweep(id: string, isQuiet = false): Cause {
    return { kind: "sweep", id, isQuiet };
  }

  record(place = PLACE): Promise<FunctionRecord | undefined> {
    return readRecord(this.items, place);
  }

  /** One process. @param killAt dies at this call: before it takes effect, or after where `isAfter` */
  process(killAt = Infinity, isAfter = false): { ports: Ports; inspector: Inspector; calls: () => number } {
    let count = 0;
    const call = async <T>(name: string, effect: () => T | Promise<T>): Promise<T> => {
      if (this.isInterleaved) {
        for (let ticks = Math.floor(this.random() * 4); ticks > 0; ticks--) await tick();
      }
      if (count >= killAt) throw new Killed();
      count += 1;
      if (count === killAt && !isAfter) throw new Killed();
      const left = this.refusals[name] ?? 0;
      if (left > 0) {
        this.refusals[name] = left - 1;
        throw new AwsFailure(this.refusal, `lambda:${name}`, `${name} was refused`);
      }
      const result = await effect();
      if (count === killAt) throw new Killed();
      return result;
    };
    const lambda = (place: Place) => {
      const found = this.lambdas.get(keyOf(place));
      if (!found) throw new AwsFailure("gone", "lambda:GetFunction", "no such function");
      return found;
    };
    const { items } = this;
    const seal = { mac: async (text: string) => `mac(${text})` };
    const ports: Ports = {
      functions: {
        get: (place) => call("get", () => this.facts(place)),
        provisioned: (place) => call("provisioned", () => provisionedOf(lambda(place))),
        failureDestinations: (place) => call("destinations", () => lambda(place).destinations ?? []),
        code: unused,
        layer: unused,
        versions: unused,
        aliases: unused,
        mappings: unused,
        list: unused,
        published: unused,
      },
      levers: {
        reserved: (place) => call("reserved", () => lambda(place).reserved),
        reserve: (place, number) =>
          call("reserve", () => {
            const taken = [...lambda(place).provisioned.values()].reduce((sum, next) => sum + next, 0);
            if (number !== undefined && number < taken)
              throw new AwsFailure("conflict", "lambda:Put", "too low");
            this.calls.push(`reserve ${place.name} ${number ?? "none"}`);
            lambda(place).reserved = number;
          }),
        provision: (place, qualifier, number) =>
          call("provision", () => {
            this.calls.push(`provision ${place.name} ${qualifier} ${number ?? "none"}`);
            if (number === undefined) lambda(place).provisioned.delete(qualifier);
            else lambda(place).provisioned.set(qualifier, number);
          }),
        tag: (arn, tags) =>
          call("tag", () => {
            const place =
              [...this.lambdas.keys()].find((key) => arn.endsWith(`:${key.split("/")[2] ?? ""}`)) ?? "";
            this.calls.push(`tag ${Object.values(tags).join(" ")}`);
            const present = this.lambdas.get(place)?.tags ?? {};
            for (const [name, value] of Object.entries(tags)) {
              if (value === undefined) Reflect.deleteProperty(present, name);
              else present[name] = value;
            }
          }),
      },
      download: unused,
      bundles: { find: unused },
      notices: { send: (_, finding) => call("mail", () => void this.mails.push(finding)) },
      events: { send: (finding) => call("event", () => void this.events.push(finding)) },
      seal,
      items: {
        get: (key, parse) => call("items.get", () => items.get(key, parse)),
        getMany: (keys, parse) => call("items.getMany", () => items.getMany(keys, parse)),
        put: (key, value, after, expires) => call("items.put", () => items.put(key, value, after, expires)),
        list: (partition, parse, options) => call("items.list", () => items.list(partition, parse, options)),
      },
      metrics: {
        count: (name, _, verdict) => void this.metrics.push([name, verdict].filter(Boolean).join(" ")),
      },
      clock: () => this.now,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    const inspector: Inspector = {
      fingerprint: (facts, options) =>
        call(
          "fingerprint",
          () =>
            this.#inspect(
              facts,
              (options?.saved ?? []).map(({ qualifier }) => qualifier),
            ).fingerprint,
        ),
      inspect: (facts, options) =>
        call("inspect", () => {
          this.inspections += 1;
          return this.#inspect(
            facts,
            (options?.saved ?? []).map(({ qualifier }) => qualifier),
          );
        }),
    };
    return { ports, inspector, calls: () => count };
  }

  options() {
    const patience = {
      sleep: (milliseconds: number) => this.pass(milliseconds),
      random: this.random,
    };
    return { policyHash: this.policyHash, settings: this.settings, own: OWN, patience };
  }

  async watch(cause: Cause, place = PLACE, process = this.process()): Promise<Watched> {
    return createWatcher(process.ports, process.inspector, this.options()).watch(place, cause);
  }

  operator(process = this.process()) {
    return createOperator(process.ports, this.options());
  }

  /** As a queue does: again after a minute, until it is done. */
  async deliver(cause: Cause, place = PLACE, first = this.process()): Promise<Watched> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.watch(cause, place, attempt === 0 ? first : this.process());
      } catch (thrown) {
        if (attempt === 20) throw thrown;
        await this.pass(61_000);
      }
    }
  }

  /** Time goes by, in which others do something. */
  async pass(milliseconds: number): Promise<void> {
    const step = this.isInterleaved ? 5 : milliseconds;
    const end = this.now.getTime() + milliseconds;
    while (this.now.getTime() < end) {
      this.now = new Date(this.now.getTime() + step);
      await tick();
    }
  }

  facts(place: Place): FunctionFacts | undefined {
    const lambda = this.lambdas.get(keyOf(place));
    if (!lambda) return undefined;
    return {
      place,
      arn: arnOf(place),
      version: "$LATEST",
      codeSha256: lambda.code,
      packageType: "Zip",
      codeSize: 1,
      layers: [],
      configuration: { Environment: { PASSWORD: "hunter2" } },
      tags: { ...lambda.tags },
      reservedConcurrency: lambda.reserved,
      deadLetterArn: null,
      blockUnsupported: lambda.code.includes("edge") ? "replicated to Lambda@Edge" : undefined,
    };
  }

  #inspect(facts: FunctionFacts, saved: readonly string[]): Inspection {
    const lambda = this.lambdas.get(keyOf(facts.place));
    if (!lambda) throw new AwsFailure("gone", "lambda:GetFunction", "no such function");
    const provisioned = provisionedOf(lambda);
    const reachable = new Set(["$LATEST", ...provisioned.map(({ qualifier }) => qualifier), ...saved]);
    const all = [["$LATEST", facts.codeSha256] as const, ...lambda.versions];
    const judgements = all.map(([version, code]): Judgement => ({
      what: "code",
      versions: [version],
      codeSha256: code,
      isReachable: reachable.has(version),
      verdict: this.#verdict(code, facts.place.name, lambda.expires),
    }));
    const runs = all.filter(([version]) => reachable.has(version));
    const mappings = [
      { id: "m", qualifier: undefined, source: "arn:aws:sqs:eu-central-1:123456789012:orders" },
    ];
    return {
      facts,
      reach: { versions: reachable, provisioned, mappings },
      judgements,
      fingerprint: JSON.stringify(runs),
    };
  }

  #verdict(code: string, name: string, expires: Date | undefined): Verdict {
    const common = {
      target: { kind: "function", name } as const,
      digests: { sha256: code.replace(/^gone /, "") },
      bundles: [],
      searched: ["s3://bundles"],
      notices: expires ? [{ code: "expires-soon" as const, message: "soon", expires }] : [],
    };
    if (code.startsWith("good") && !this.untrusted.has(code)) return { ...common, status: "verified" };
    if (code.startsWith("exempt")) return { ...common, status: "exempt" };
    const failure = { reason: `because of ${code}`, unmet: [this.rule] };
    if (code.startsWith("undecided"))
      return { ...common, status: "undecided", code: "code-unreadable", ...failure };
    if (this.untrusted.has(code))
      return { ...common, status: "rejected", code: "signer-not-trusted", ...failure };
    if (code.startsWith("expired")) return { ...common, status: "rejected", code: "expired", ...failure };
    return { ...common, status: "rejected", code: "bundle-not-found", ...failure };
  }
}

function provisionedOf({ provisioned }: Lambda) {
  return [...provisioned].map(([qualifier, requested]) => ({ qualifier, requested }));
}

export function ruleWith(
  actions: readonly ("detect" | "notify" | "block")[],
  blockAlso: readonly string[] = [],
): Rule {
  return {
    name: "all",
    scope: { functions: ["*"], layers: ["*"], regions: undefined, accounts: undefined, tags: undefined },
    signedBy: { atLeast: 1, of: [] },
    accept: new Set(["fnseal"]),
    maximumAge: undefined,
    transparencyLog: undefined,
    timestamp: undefined,
    onExpired: "reject",
    requireSeal: [],
    runtime: { actions, blockAlso: new Set(blockAlso) },
  };
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function unused(): Promise<never> {
  throw new Error("the watcher does not ask for this");
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
