import type { CodeTable } from "./table.ts";

export const TRUST_CODES = {} as const satisfies CodeTable;
