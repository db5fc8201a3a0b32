/**
 * How Lambda's Node runs the verifier. Megabytes of a half of the youngest generation: what a download leaves behind is
 * freed when that is collected, and with V8's own choice of up to 16 it is collected late. With a function of 50 MB the
 * verifier had 211 MB at most with 2, and 188 with 1, in no more time.
 */
export const NODE_OPTIONS = "--max-semi-space-size=1";
