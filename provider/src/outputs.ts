/** An output of {@link RuntimeVerifier}, for other languages. */
interface OutputField {
  readonly kind: "text" | "texts" | "any";
  readonly description: string;
}

const text = (description: string): OutputField => ({ kind: "text", description });

/** What {@link RuntimeVerifier} tells others. */
export const OUTPUTS = {
  functionName: text("The verifier's name; `fnseal status` wants it."),
  functionArn: text("The verifier's ARN."),
  operatorArn: text("The alias that operators invoke: allowing lambda:InvokeFunction on it makes one."),
  roleArn: text("The verifier's role."),
  topicArn: text("Findings come here: subscribe to it."),
  bucketName: text("Bundles are looked for here: `fnseal push` puts them in."),
  tableName: text("The verifier's state."),
  busArn: text("The bus that carries findings as events, in the home region."),
  eventQueueUrl: text("Changes of functions wait here."),
  eventDeadLetterQueueUrl: text("Changes that could not be verified."),
  sweepQueueUrl: text("Pages of a sweep wait here."),
  sweepDeadLetterQueueUrl: text("Parts of a sweep that could not be done."),
  undeliveredQueueUrls: { kind: "texts", description: "What EventBridge could not deliver, by region." },
  settings: { kind: "any", description: "What the verifier was told, without the trust policy." },
} as const satisfies Readonly<Record<string, OutputField>>;

export type OutputName = keyof typeof OUTPUTS;
