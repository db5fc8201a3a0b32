import {
  type Configuration,
  sealConfiguration,
  sealedConfigurationSchema,
} from "../../src/configuration/index.ts";
import type { DigestSet } from "../../src/digest/types.ts";
import { FnsealError } from "../../src/errors.ts";
import { check, CONFIGURATION, layer } from "./support.ts";

describe("layers by what they hold", () => {
  const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];
  const CONTENTS = [{ sha256: a, dirHash: b, pulumiArchive: c }, undefined];
  const sealed = (change: Partial<Configuration> = {}) =>
    sealConfiguration({ ...CONFIGURATION, ...change }, ["layers"], undefined, CONTENTS);
  const reading = (...contents: readonly DigestSet[]) => ({ readLayer: () => Promise.resolve(contents) });

  test("are bound with their ARN, the others by ARN alone", async () => {
    expect(await sealed()).toEqual({
      layers: [{ arn: layer(1), digest: { sha256: a, dirHash: b } }, layer(2)],
    });
    expect(await sealed({ layers: [undefined, layer(2)] })).toEqual({
      layers: [{ digest: { sha256: a, dirHash: b } }, layer(2)],
    });
  });

  test("that have neither ARN nor content cannot be sealed", async () => {
    await expect(sealed({ layers: [layer(1), undefined] })).rejects.toMatchObject({
      code: "configuration-unknown",
      message: "layers[1] is not known, so it cannot be sealed",
    });
  });

  test.each([
    ["the zip", [{ sha256: a, dirHash: c }], undefined],
    ["the files in another zip", [{ sha256: c, dirHash: b }], undefined],
    ["the files, of a folder", [{ dirHash: b, pulumiArchive: a }], undefined],
    ["something else", [{ sha256: c, dirHash: c }], "configuration-differs"],
    ["values under another key", [{ sha256: b, dirHash: a }], "configuration-differs"],
    ["nothing that can be compared", [{ pulumiArchive: c }], "layer-content-unknown"],
    ["nothing at all", [], "layer-content-unknown"],
    ["one of two that are the same", [{ dirHash: b }, { sha256: a }], undefined],
    ["one of two, of which one is another", [{ dirHash: b }, { dirHash: c }], "configuration-unknown"],
    ["one of two, both others", [{ dirHash: a }, { dirHash: c }], "configuration-differs"],
    ["one of two, one not comparable", [{ dirHash: b }, {}], "layer-content-unknown"],
  ])("a layer that holds %s", async (_what, contents, code) => {
    const problem = await check(await sealed(), {}, reading(...contents));
    expect(problem?.code).toBe(code);
    if (code === "configuration-differs")
      expect(problem?.message).toContain("layers[0] holds something else");
  });

  test("the ARN counts as well where it is bound, and order always", async () => {
    const same = reading({ sha256: a });
    const other = { layers: [layer(3), layer(2)] };
    expect((await check(await sealed(), other, same))?.code).toBe("configuration-differs");
    expect(await check(await sealed({ layers: [undefined, layer(2)] }), other, same)).toBeUndefined();
    const turned = { layers: [layer(2), layer(1)] };
    expect((await check(await sealed(), turned, same))?.code).toBe("configuration-differs");
    const more = { layers: [layer(1), layer(2), layer(3)] };
    expect((await check(await sealed(), more, same))?.code).toBe("configuration-differs");
  });

  test("that cannot be read are undecided; what is known later is left open; a fault is thrown on", async () => {
    const failing = (thrown: Error) => ({ readLayer: () => Promise.reject(thrown) });
    const denied = failing(new FnsealError("layer-unreadable", "lambda:GetLayerVersion: denied"));
    expect(await check(await sealed(), {}, denied)).toEqual({
      code: "layer-content-unknown",
      message: "layers[0]: lambda:GetLayerVersion: denied",
    });
    expect((await check(await sealed()))?.code).toBe("layer-content-unknown");
    const later = failing(new FnsealError("configuration-unknown", "not known yet"));
    expect((await check(await sealed(), {}, later))?.code).toBe("configuration-unknown");
    const fault = new Error("throttled");
    await expect(check(await sealed(), {}, failing(fault))).rejects.toBe(fault);
  });

  test("are read only where everything else is equal", async () => {
    const readLayer = jest.fn(() => Promise.resolve([{ sha256: a }]));
    const both = await sealConfiguration(CONFIGURATION, ["handler", "layers"], undefined, CONTENTS);
    expect(await check(both, { handler: "other" }, { readLayer })).toMatchObject({
      code: "configuration-differs",
    });
    expect(readLayer).not.toHaveBeenCalled();
    expect(await check(both, {}, { readLayer })).toBeUndefined();
    expect(readLayer.mock.calls).toEqual([[0]]);
  });

  test.each([
    ["no digest", { digest: {} }],
    ["a digest of another kind", { digest: { pulumiArchive: a } }],
    ["a digest that is none", { digest: { sha256: a.toUpperCase() } }],
    ["more than is known", { digest: { sha256: a }, name: "x" }],
  ])("with %s are no seal", (_what, entry) => {
    expect(sealedConfigurationSchema().safeParse({ layers: [entry] }).success).toBe(false);
  });
});
