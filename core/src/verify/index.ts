export { describeVerdict, type DescribeOptions } from "./describe.ts";
export { type Case, createJudge, type Judge } from "./judge.ts";
export { judgeLoneBundle, type LoneBundle, type LoneVerdict } from "./loneBundle.ts";
export { describeDigests } from "./subject.ts";
export { type BundleFinding, type Notice, passes, type Verdict } from "./verdict.ts";
