/* eslint-disable @typescript-eslint/no-require-imports -- Pulumi writes these functions into the state as text: what
   they need they have to load where they run. They may capture nothing, so each stands for itself. */
import type { dynamic } from "@pulumi/pulumi";
import type { Runtime } from "./runtime.ts";
import type { BundleInputs, BundleState, SignatureInputs, SignatureState } from "./types.ts";

/** Of SignatureBundle. Holds no code but the calls. */
export const bundleProvider: dynamic.ResourceProvider<BundleInputs, BundleState> = {
  create: (inputs) => (require("@fnseal/provider/dynamic") as Runtime).signatureBundle.create(inputs),
  read: (id, state) => (require("@fnseal/provider/dynamic") as Runtime).signatureBundle.read(id, state),
  update: (id, state, inputs) =>
    (require("@fnseal/provider/dynamic") as Runtime).signatureBundle.update(id, state, inputs),
  delete: (id, state) => (require("@fnseal/provider/dynamic") as Runtime).signatureBundle.delete(id, state),
  diff: (id, state, inputs) =>
    (require("@fnseal/provider/dynamic") as Runtime).signatureBundle.diff(id, state, inputs),
};

/** Of FunctionSignature. */
export const signatureProvider: dynamic.ResourceProvider<SignatureInputs, SignatureState> = {
  create: (inputs) => (require("@fnseal/provider/dynamic") as Runtime).functionSignature.create(inputs),
  read: (id, state) => (require("@fnseal/provider/dynamic") as Runtime).functionSignature.read(id, state),
  update: (id, state, inputs) =>
    (require("@fnseal/provider/dynamic") as Runtime).functionSignature.update(id, state, inputs),
  diff: (id, state, inputs) =>
    (require("@fnseal/provider/dynamic") as Runtime).functionSignature.diff(id, state, inputs),
};
