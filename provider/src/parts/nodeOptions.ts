/**
 * How Lambda's Node runs the verifier. Megabytes of a half of the youngest generation: what a download leaves behind is
 * freed when that is collected, and with V8's own choice of up to 16 it is collected late: 195 MB at most in place of 165,
 * with a function of 50 MB.
 */
export const NODE_OPTIONS = "--max-semi-space-size=2";
