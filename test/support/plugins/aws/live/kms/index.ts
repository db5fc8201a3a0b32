import type { Types } from "../type.ts";
import { alias } from "./alias.ts";
import { key } from "./key.ts";

export const types: Types = {
  "aws:kms/alias:Alias": alias,
  "aws:kms/key:Key": key,
};
