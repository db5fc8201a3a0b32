import type { Types } from "../type.ts";
import { table } from "./table.ts";

export const types: Types = { "aws:dynamodb/table:Table": table };
