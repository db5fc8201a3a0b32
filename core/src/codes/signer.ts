import type { CodeTable } from "./table.ts";

export const SIGNER_CODES = {} as const satisfies CodeTable;
