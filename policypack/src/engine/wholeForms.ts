import { ARCHIVE, isWireObject, markOf, type WireObject } from "./wireFormat.ts";

/** Names that the engine keeps for itself. Source: pulumi, resource.IsInternalPropertyKey. */
const INTERNAL = "__";

/** The engine asks for one resource after the other: more than these are never open at once. */
const REMEMBERED = 1000;

/** Archives of which every entry is known. */
const WHOLE = new WeakSet<object>();

/**
 * The whole forms of resources.
 *
 * When the engine asks to analyse a resource it leaves out every key that starts with `__`, and with it files of an
 * AssetArchive, such as a CallbackFunction's `__index.js`: a program that also forges the archive's hash would have
 * deployed what no policy saw. Just before, it asks for remediations, and then it leaves out nothing. What came
 * then is found again by the rest of it.
 */
export class WholeForms {
  readonly #forms = new Map<string, { readonly text: string; readonly raw: WireObject | undefined }>();

  readonly #found = new WeakMap<WireObject, WireObject | undefined>();

  /** Remembers a resource as it came with the question for remediations. */
  add(raw: WireObject): void {
    const key = canonical(raw, false);
    const text = canonical(raw, true);
    const known = this.#forms.get(key);
    if (known?.text === text) return;
    markWhole(raw);
    // Two resources that differ in hidden entries only cannot be told apart afterwards.
    this.#forms.set(key, { text, raw: known ? undefined : raw });
    const [oldest] = this.#forms.keys();
    if (this.#forms.size > REMEMBERED && oldest !== undefined) this.#forms.delete(oldest);
  }

  /** The whole form of a resource that came to be analysed; `undefined` where it is not known. */
  find(raw: WireObject): WireObject | undefined {
    if (this.#forms.size === 0) return undefined;
    // Each rule asks for the same resource.
    if (!this.#found.has(raw)) this.#found.set(raw, this.#forms.get(canonical(raw, false))?.raw);
    return this.#found.get(raw);
  }
}

/** Whether every entry of an archive on the wire is known. */
export function isWhole(archive: object): boolean {
  return WHOLE.has(archive);
}

function markWhole(value: unknown): void {
  if (Array.isArray(value)) value.forEach(markWhole);
  if (!isWireObject(value)) return;
  if (markOf(value) === ARCHIVE) WHOLE.add(value);
  Object.values(value).forEach(markWhole);
}

/** JSON with sorted keys, with or without those that the engine hides. */
function canonical(value: unknown, withInternal: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, withInternal)).join()}]`;
  if (!isWireObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => withInternal || !key.startsWith(INTERNAL));
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key], withInternal)}`)
    .join()}}`;
}
