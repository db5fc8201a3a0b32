import type { WireArchive } from "../engine/value.ts";

/** An S3 object that the program uploads. */
export interface SeenObject {
  readonly urn: string;
  readonly code: WireArchive | undefined;
}

/**
 * The S3 objects that the program has registered so far. A function that uses an object's outputs is registered
 * after it, so that its object is here by then.
 */
export class SeenObjects {
  readonly #byPlace = new Map<string, Map<string, SeenObject>>();

  add(bucket: string, key: string, object: SeenObject): void {
    const place = toPlace(bucket, key);
    const objects = this.#byPlace.get(place) ?? new Map<string, SeenObject>();
    // The same resource is seen once for each rule and at each update.
    objects.set(object.urn, object);
    this.#byPlace.set(place, objects);
  }

  /** All that upload to this place; more than one leaves open which is meant. */
  at(bucket: string, key: string): readonly SeenObject[] {
    return [...(this.#byPlace.get(toPlace(bucket, key))?.values() ?? [])];
  }
}

function toPlace(bucket: string, key: string): string {
  return JSON.stringify([bucket, key]);
}
