import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { messageOf } from "./messageOf.ts";
import type { Notices } from "../ports.ts";
import { asking } from "./errors.ts";

/** Findings as JSON to a topic; kind, status and code as attributes, so that a subscription can filter by them. */
export function createNotices(client: SNSClient, topicArn: string): Notices {
  return {
    send: async (subject, finding) => {
      const { kind, status, code } = finding;
      const text = (value: string) => ({ DataType: "String", StringValue: value });
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: messageOf(finding),
        MessageAttributes: { kind: text(kind), status: text(status), code: text(code) },
      });
      await asking("sns:Publish", () => client.send(command));
    },
  };
}
