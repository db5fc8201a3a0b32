import type { CodeTable } from "./table.ts";

export const USAGE_CODES = {} as const satisfies CodeTable;
