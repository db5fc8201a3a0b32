import { CODES } from "@fnseal/core";
import { findingSchema, type Finding } from "../../src/model/finding.ts";
import type { Inspection, Judgement } from "../../src/model/inspection.ts";
import {
  type About,
  findingOfOperator,
  findingOfStatus,
  stopsOf,
  subjectOf,
  withDone,
} from "../../src/notify/index.ts";

const place = { account: "123456789012", region: "eu-central-1", name: "orders-api" };
const about: About = {
  place,
  arn: "arn:aws:lambda:eu-central-1:123456789012:function:orders-api",
  now: new Date("2030-01-01T00:00:00.000Z"),
  documentation: "https://example.com/errors",
  change: {
    event: "UpdateFunctionCode",
    eventId: "1",
    time: "2030",
    who: "arn:aws:iam::1:user/eve",
    from: "192.0.2.1",
  },
};

function judged(reason: string, bundles = 1): Inspection & { readonly judgement: Judgement } {
  const judgement: Judgement = {
    what: "code",
    versions: ["$LATEST"],
    codeSha256: "ab",
    isReachable: true,
    verdict: {
      status: "rejected",
      code: "bundle-not-found",
      reason,
      unmet: [],
      target: { kind: "function", name: place.name },
      digests: { sha256: "ab" },
      bundles: Array.from({ length: bundles }, () => ({
        where: "w".repeat(5000),
        code: "expired" as const,
        message: "m".repeat(9000),
      })),
      searched: Array.from({ length: bundles }, () => "s3://bucket/".padEnd(4000, "x")),
      notices: [],
    },
  };
  const facts = {
    place,
    arn: about.arn,
    version: "$LATEST",
    codeSha256: "ab",
    packageType: "Zip",
    codeSize: 1,
    layers: [],
    configuration: { Environment: { PASSWORD: "hunter2" } },
    tags: {},
    reservedConcurrency: undefined,
    blockUnsupported: undefined,
    deadLetterArn: "arn:aws:sqs:eu-central-1:123456789012:dead",
  } as const;
  const mappings = Array.from({ length: 50 }, (_, index) => ({
    id: `${index}`,
    qualifier: undefined,
    source: `arn:aws:sqs:::${index}`,
  }));
  return {
    judgement,
    judgements: [judgement],
    facts,
    fingerprint: "f",
    reach: { versions: new Set(), provisioned: [], mappings },
  };
}

function status(reason: string, more: Partial<About> = {}, bundles = 1): Finding {
  const inspection = judged(reason, bundles);
  const state = {
    status: "rejected",
    code: "bundle-not-found",
    reason,
    judgement: inspection.judgement,
  } as const;
  return findingOfStatus({ ...about, ...more }, state, inspection, "verified", "block");
}

const blocked = { action: "blocked", detail: "stopped" } as const;

test("a subject is ASCII, on one line, at most 100 characters, whatever the names", () => {
  for (const name of ["orders-api", "x".repeat(140), "späße\nSubject: spam", "日本".repeat(60), ""]) {
    for (const code of Object.keys(CODES)) {
      const base = status("r", { place: { ...place, name, region: "ap-southeast-3" } });
      const subject = subjectOf(withDone({ ...base, code }, [blocked]));
      expect(subject).toMatch(/^\[fnseal\] [ -~]{5,91}$/);
    }
  }
});

test("the text says what happened, who did it, what was done, and how to mend it", () => {
  const finding = withDone(status("no bundle was found"), [blocked]);
  expect(finding.text).toBe(
    [
      "orders-api (eu-central-1, account 123456789012) is rejected: no bundle was found",
      "What may run it: $LATEST.",
      "UpdateFunctionCode by arn:aws:iam::1:user/eve from 192.0.2.1 at 2030.",
      "Done: stopped",
    ].join("\n"),
  );
  expect(finding.mend).toContain("fnseal sign PATH --function orders-api");
  expect(finding.documentation).toBe("https://example.com/errors#bundle-not-found");
});

test("what others wrote cannot begin a line, move a cursor, or carry a presigned URL", () => {
  const url = "https://awslambda.s3.amazonaws.com/snap/1?X-Amz-Signature=secret&X-Amz-Credential=me";
  const finding = status(`bad\nUpdateFunctionCode by root \u001b[2J \u202e ${url} end`);
  expect(finding.text.split("\n")).toHaveLength(3);
  expect(finding.text).not.toMatch(/[\u001b\u202e]/u);
  expect(JSON.stringify(finding)).not.toContain("secret");
  expect(finding.text).toContain("https://awslambda.s3.amazonaws.com/snap/1?...");
});

test("the largest finding keeps its schema and stays below 24 kB", () => {
  const finding = withDone(status("r".repeat(100_000), {}, 200), [
    { action: "blocked", detail: "d".repeat(9000) },
  ]);
  expect(() => findingSchema.parse(finding)).not.toThrow();
  expect(JSON.stringify(finding).length).toBeLessThan(24_000);
  expect(JSON.stringify(finding)).not.toContain("hunter2");
});

test("an id is the same for the same change, and another for another", () => {
  const { id } = status("r");
  expect(status("r", { now: new Date() }).id).toBe(id);
  const others = [
    status("r", { place: { ...place, region: "us-east-1" } }),
    status("r", { place: { ...place, account: "210987654321" } }),
    status("r", { change: undefined }),
  ];
  expect(new Set([id, ...others.map((other) => other.id)]).size).toBe(4);
});

test("what a block stops names triggers and where asynchronous failures go", () => {
  const stops = stopsOf(judged("r"));
  expect(stops.join("\n")).toContain("arn:aws:sqs:::0");
  expect(stops.join("\n")).toContain("And 30 more event sources");
  expect(stops.at(-1)).toContain("arn:aws:sqs:eu-central-1:123456789012:dead");
  expect(withDone(status("r"), [{ action: "tagged", detail: "" }]).stops).toEqual([]);
});

test.each([
  [{ deadLetterArn: "arn:dead", failureDestinations: ["arn:more"] }, "go to arn:dead and arn:more."],
  [{ deadLetterArn: null, failureDestinations: ["arn:more"] }, "go to arn:more."],
  [{ deadLetterArn: null, failureDestinations: [] }, "are lost: it has neither"],
  [{ deadLetterArn: null }, "are lost unless"],
])("asynchronous failures: what is known is said (%#)", (more, says) => {
  const inspection = judged("r");
  expect(stopsOf({ ...inspection, facts: { ...inspection.facts, ...more } }).at(-1)).toContain(says);
});

test("what an operator did names who and why", () => {
  const deed = {
    kind: "paused",
    until: "2030-01-02T00:00:00.000Z",
    by: "bob",
    reason: "deploys\nBy eve: fine",
  } as const;
  const finding = findingOfOperator(deed, { now: about.now, documentation: about.documentation, own: place });
  expect(() => findingSchema.parse(finding)).not.toThrow();
  expect(finding.text).toBe(
    "Nothing new is blocked until 2030-01-02T00:00:00.000Z.\nBy bob: deploys\\nBy eve: fine",
  );
  expect(subjectOf(finding)).toMatch(/^\[fnseal\] OPERATOR eu-central-1: blocking is paused$/);
});
