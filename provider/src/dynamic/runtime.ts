/**
 * What the dynamic resources do. It is loaded by their provider when it is needed, so that the code that Pulumi puts
 * into the state holds no SDK and no credentials: those come from the environment of whoever runs `pulumi`.
 */
import { createBundle, deleteBundle, readBundle, updateBundle } from "./bundleStore.ts";
import { lookAt } from "./functionState.ts";
import type { BundleInputs, BundleState, Signature, SignatureInputs, SignatureState } from "./types.ts";

export const signatureBundle = {
  create: createBundle,
  update: (_id: string, state: BundleState, inputs: BundleInputs) => updateBundle(state, inputs),
  read: readBundle,
  delete: (_id: string, state: BundleState) => deleteBundle(state),
  diff: async (_id: string, state: BundleState, inputs: BundleInputs) => {
    const differs = (name: keyof BundleInputs): boolean => state[name] !== inputs[name];
    const replaces: string[] = (["bundle", "bucket", "region"] as const).filter(differs);
    return { changes: replaces.length > 0 || differs("functionName") || differs("trustPolicy"), replaces };
  },
};

export const functionSignature = {
  create: async (inputs: SignatureInputs) => ({
    id: `${inputs.region}/${inputs.functionName}`,
    outs: { ...inputs, ...(await present(inputs)) },
  }),
  update: async (_id: string, _state: SignatureState, inputs: SignatureInputs) => ({
    outs: { ...inputs, ...(await present(inputs)) },
  }),
  read: async (id: string, state: SignatureState | undefined) => {
    // Nothing to go by: there is no import.
    if (state === undefined) return { id: "" };
    const found = await lookAt(state);
    return found === undefined ? { id: "" } : { id, props: { ...state, ...found } };
  },
  /** Asks AWS too, so that a preview shows what changed behind Pulumi's back, or by the new trust policy. */
  diff: async (_id: string, state: SignatureState, inputs: SignatureInputs) => {
    const replaces: string[] = (["functionName", "region"] as const).filter(
      (name) => state[name] !== inputs[name],
    );
    if (replaces.length > 0) return { changes: true, replaces };
    const found = await lookAt(inputs);
    const isSame =
      found !== undefined &&
      state.bucket === inputs.bucket &&
      state.trustPolicy === inputs.trustPolicy &&
      (["status", "code", "codeSha256"] as const).every((name) => found[name] === state[name]);
    return { changes: !isSame, replaces: [] };
  },
};

async function present(inputs: SignatureInputs): Promise<Signature> {
  const found = await lookAt(inputs);
  if (found === undefined) throw new Error(`there is no function ${inputs.functionName} in ${inputs.region}`);
  return found;
}

export type Runtime = {
  readonly signatureBundle: typeof signatureBundle;
  readonly functionSignature: typeof functionSignature;
};
