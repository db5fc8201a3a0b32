/** fnseal for Pulumi programs. */
export { ArgumentError } from "./arguments/parse.ts";
export type {
  Action,
  BreakerArgs,
  BudgetArgs,
  ObjectLockArgs,
  RuntimeVerifierArgs,
  ScopeArgs,
} from "./arguments/types.ts";
export { RuntimeVerifier } from "./runtimeVerifier.ts";
export { FunctionSignature } from "./functionSignature.ts";
export { SignatureBundle } from "./signatureBundle.ts";
export type { FunctionSignatureArgs, SignatureBundleArgs } from "./signatureTypes.ts";
export { SignedFunction } from "./signedFunction.ts";
export type { SignedFunctionArgs } from "./signedFunctionTypes.ts";
