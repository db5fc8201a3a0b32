import type { Define } from "../registry.ts";
export const define: Define = () => undefined;
