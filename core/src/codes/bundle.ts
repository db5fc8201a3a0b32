import type { CodeTable } from "./table.ts";

export const BUNDLE_CODES = {} as const satisfies CodeTable;
