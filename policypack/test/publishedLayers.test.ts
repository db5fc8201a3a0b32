import { PublishedLayers } from "../src/resources/publishedLayers.ts";
import type { RuleContext } from "../src/rules/rule.ts";

const layer = (urn: string, layerName?: string) => ({
  raw: layerName === undefined ? {} : { layerName },
  args: { urn } as RuleContext["args"],
});
const [a, b] = [{ dirHash: "a" }, { dirHash: "b" }];

test("a name holds what was read of it", () => {
  const layers = new PublishedLayers();
  layers.add(layer("urn:1", "base"))(a);
  layers.add(layer("urn:2", "extra"))(b);
  expect(layers.contentsOf("base")).toEqual([a]);
  expect(layers.contentsOf(undefined)).toEqual([a, b]);
  expect(layers.contentsOf("other")).toEqual([]);
});

test("what was not read could be anything", () => {
  const layers = new PublishedLayers();
  layers.add(layer("urn:1", "base"));
  expect(layers.contentsOf("base")).toEqual([{}]);
});

test("two of one name, and one that may be either of two, are all there", () => {
  const layers = new PublishedLayers();
  const hold = layers.add(layer("urn:1", "base"));
  hold(a);
  hold(b);
  layers.add(layer("urn:2", "base"))(a);
  expect(layers.contentsOf("base")).toEqual([a, b, a]);
});

test("the last plan of one resource counts", () => {
  const layers = new PublishedLayers();
  layers.add(layer("urn:1", "base"))(a);
  layers.add(layer("urn:1", "base"))(b);
  expect(layers.contentsOf("base")).toEqual([b]);
});

test("a name that is not known yet is nobody's, and counts among all", () => {
  const layers = new PublishedLayers();
  layers.add(layer("urn:1"))(a);
  expect([layers.has(""), layers.has("base")]).toEqual([false, false]);
  expect(layers.contentsOf(undefined)).toEqual([a]);
});
