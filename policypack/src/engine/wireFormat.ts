/** Keys and marks of the wire format. Source: @pulumi/pulumi, runtime/rpc.ts. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

export type WireObject = Readonly<Record<string, unknown>>;

/** The mark that says what an object stands for; `undefined` for a plain one. */
export function markOf(value: unknown): string | undefined {
  if (!isWireObject(value)) return undefined;
  const mark = value[SIGNATURE_KEY];
  return typeof mark === "string" ? mark : undefined;
}

export function isWireObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
