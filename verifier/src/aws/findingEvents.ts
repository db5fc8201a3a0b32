import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { AwsFailure } from "../awsFailure.ts";
import { messageOf } from "./messageOf.ts";
import type { FindingEvents } from "../ports.ts";
import { asking } from "./errors.ts";

const ACTION = "events:PutEvents";

/** Findings as events on the verifier's bus: source `fnseal`, detail type `fnseal finding`. */
export function createFindingEvents(client: EventBridgeClient, busName: string): FindingEvents {
  return {
    send: async (finding) => {
      const command = new PutEventsCommand({
        Entries: [
          {
            EventBusName: busName,
            Source: "fnseal",
            DetailType: "fnseal finding",
            Time: new Date(finding.time),
            Resources: finding.function ? [finding.function.arn] : [],
            Detail: messageOf(finding),
          },
        ],
      });
      const answer = await asking(ACTION, () => client.send(command));
      // An entry can fail in an answer of status 200.
      const [entry] = answer.Entries ?? [];
      if (entry?.ErrorCode !== undefined) {
        throw new AwsFailure("unavailable", ACTION, `${ACTION}: ${entry.ErrorCode}`);
      }
    },
  };
}
