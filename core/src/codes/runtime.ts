import type { CodeTable } from "./table.ts";

/** Codes of the runtime verifier: about what runs in an account, and about what was done to the verifier. */
export const RUNTIME_CODES = {
  "code-unreadable": {
    outcome: "undecided",
    title: "AWS did not let the verifier read a function's code or configuration",
    remedy: "Give the verifier's role the permission that the message names, or the use of the KMS key.",
  },
  "code-download-failed": {
    outcome: "undecided",
    title: "A function's code could not be downloaded whole within the time limit",
    remedy:
      "It is tried again by itself. If it stays, look at the verifier's log and its way to Amazon S3 (VPC endpoint, proxy).",
  },
  "code-download-too-large": {
    outcome: "undecided",
    title: "A function's code is larger than Lambda allows, or larger than AWS said",
    remedy: "Find out what serves the code. Lambda's own limit is 250 MB.",
  },
  "code-not-as-told": {
    outcome: "rejected",
    title: "The code that was downloaded is not what AWS says the function runs",
    remedy: "Deploy the function anew. If it happens again, tell AWS.",
  },
  "layer-unreadable": {
    outcome: "undecided",
    title: "A layer of the function could not be read",
    remedy:
      "Let the account that verifies read it (lambda:GetLayerVersion in the layer's policy), or name it under `trustedLayers` of the trust policy.",
  },
  "bundle-store-unreachable": {
    outcome: "undecided",
    title: "The bundle store could not be asked",
    remedy: "It is tried again by itself. If it stays, look at the bucket's policy and key.",
  },
  "bundle-gone": {
    outcome: "rejected",
    title: "The code was verified before, and its bundle is no longer in the store",
    remedy: "Put the bundle back: `fnseal push BUNDLE`. A versioned bucket still has it.",
  },
  "could-not-verify": {
    outcome: "undecided",
    title: "A function could not be verified after several tries",
    remedy:
      "Look at the verifier's log. The event lies in the dead-letter queue: start its redrive when the cause is mended, or run `fnseal verify --function NAME`.",
  },
  "verifier-misconfigured": {
    outcome: "usage",
    title: "The verifier's settings or environment variables are wrong",
    remedy:
      "The message names the fields. They are written by the RuntimeVerifier component: deploy it anew.",
  },
  "invocation-invalid": {
    outcome: "usage",
    title: "The verifier was invoked with something that it does not understand",
    remedy: 'Send `{"function": "NAME"}`, or use the commands of `fnseal`.',
  },
  "operator-only": {
    outcome: "usage",
    title: "A command for operators did not come through the operator's alias",
    remedy: "Invoke the alias `operator` of the verifier, which IAM lets operators do.",
  },
  "function-signed": {
    outcome: "notice",
    title: "What runs is what was signed",
    remedy: "Nothing to do.",
  },
  "version-unsigned": {
    outcome: "notice",
    title: "A published version that nothing leads to would not pass",
    remedy: "Delete the version, so that no alias can be moved to it.",
  },
  "layer-unsigned": {
    outcome: "notice",
    title: "A layer version was published that would not pass",
    remedy: "Delete the layer version, or sign it.",
  },
  "block-lifted": {
    outcome: "notice",
    title: "Somebody else changed the concurrency of a blocked function",
    remedy:
      "Find out who: the finding names them. To let it run on purpose use `fnseal release NAME`, for 72 hours at most.",
  },
  "block-failed": {
    outcome: "notice",
    title: "A function that should be blocked could not be",
    remedy: "It is tried again by itself. The message says what AWS answered.",
  },
  "restore-failed": {
    outcome: "notice",
    title: "A function's concurrency could not be given back",
    remedy:
      "It is tried again by itself. The account's unreserved concurrency may be too small: free some, or set it by hand.",
  },
  "block-unsupported": {
    outcome: "notice",
    title: "The function cannot be stopped by reserved concurrency",
    remedy: "Stop it where it is invoked: remove the trigger, the CloudFront association or the capacity.",
  },
  "verifier-changed": {
    outcome: "notice",
    title: "Somebody changed or deleted a part of the verifier",
    remedy:
      "Find out who: the finding names them. If it was no deployment of yours, treat it as an attack: run `pulumi up` of the verifier, then a sweep.",
  },
  "breaker-tripped": {
    outcome: "notice",
    title: "More functions were to be blocked within an hour than the breaker allows",
    remedy:
      "Look whether the trust policy or the bundle store is wrong before anything else. Held functions are blocked by the next judgement after the hour, or never if they pass then.",
  },
  "tag-forged": {
    outcome: "notice",
    title: "A tag of fnseal says what is not so",
    remedy: "Find out who wrote it: the finding names them. Nothing is decided by tags.",
  },
  "scope-left": {
    outcome: "notice",
    title: "A function that was watched no longer has the tag that the verifier's scope asks for",
    remedy: "Put the tag back, or take the function out of the scope by name.",
  },
  "role-misused": {
    outcome: "notice",
    title: "The verifier's role did something that the verifier did not do",
    remedy: "Treat the role's credentials as stolen: revoke its sessions and redeploy the verifier.",
  },
  "blocks-paused": {
    outcome: "notice",
    title: "Blocking is paused",
    remedy: "`fnseal pause --end` ends it; it also ends by itself.",
  },
  "function-released": {
    outcome: "notice",
    title: "A function may run whatever its verdict, for a limited time",
    remedy: "Deploy signed code before the time is over.",
  },
  "functions-unblocked": {
    outcome: "notice",
    title: "Every block was lifted by an operator",
    remedy: "Functions that are still not signed stay as they are until their code changes.",
  },
  "sweep-finished": {
    outcome: "notice",
    title: "All functions of a region were looked at",
    remedy: "Nothing to do, unless the summary names functions.",
  },
} as const satisfies CodeTable;
