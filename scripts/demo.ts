/**
 * The whole job, shown on the real engine without an account: previews of signed and unsigned code, then the runtime
 * verifier on an emulator of AWS. Everything happens in temporary folders, which are deleted at the end.
 */
import { paint, say } from "./demo/show.ts";
import { showPreviews } from "./demo/preview.ts";
import { showRuntime } from "./demo/runtime.ts";

say("fnseal: a Pulumi program with one Lambda function, on the real engine, without an account.");
await showPreviews();
say(
  "\nNow the account: an emulator of AWS stands in for it, and CloudTrail's events reach EventBridge at once.",
);
await showRuntime();
say(`\n${paint(32, "That is the whole of it.")} README.md shows how to do the same in a project of yours.`);
