import type { Types } from "../type.ts";
import { trail } from "./trail.ts";

export const types: Types = { "aws:cloudtrail/trail:Trail": trail };
