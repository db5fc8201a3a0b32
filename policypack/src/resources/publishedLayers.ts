import type { DigestSet } from "@fnseal/core";
import { known, textProperty } from "../engine/value.ts";
import type { RuleContext } from "../rules/rule.ts";

/** Layers that the program publishes: each is judged as a resource of its own. */
export class PublishedLayers {
  /** By name, which is "" where it is not known yet, and URN. */
  readonly #contents = new Map<string, Map<string, DigestSet[]>>();

  /** @returns takes what it holds; several where that is one of these */
  add({ raw, args }: Pick<RuleContext, "raw" | "args">): (digests: DigestSet) => void {
    const name = known(textProperty(raw, "layerName")) ?? "";
    const byUrn = this.#contents.get(name) ?? new Map<string, DigestSet[]>();
    this.#contents.set(name, byUrn);
    // A replacement is planned in two steps, of which the last is what will be published.
    const contents: DigestSet[] = [];
    byUrn.set(args.urn, contents);
    return (digests) => contents.push(digests);
  }

  has(name: string): boolean {
    return name !== "" && this.#contents.has(name);
  }

  /**
   * What a layer of this name may hold; an empty digest set where that is not known.
   *
   * @param name `undefined`: any layer of the program
   */
  contentsOf(name: string | undefined): readonly DigestSet[] {
    const layers =
      name === undefined
        ? [...this.#contents.values()]
        : [this.#contents.get(name) ?? new Map<string, never>()];
    return layers
      .flatMap((byUrn) => [...byUrn.values()])
      .flatMap((contents) => (contents.length === 0 ? [{}] : contents));
  }
}
