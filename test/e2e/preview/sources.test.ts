import type { Project, Result } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, passed, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside } from "../support/signing.ts";
import { zipOf } from "../support/zip.ts";

const ci = newSigner();
const digest = `sha256:${"a".repeat(64)}`;
const trusted = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38";
const policy = trustPolicy(
  { ci },
  { trustedLayers: [{ arn: "arn:aws:lambda:*:580247275435:layer:LambdaInsightsExtension:*" }] },
);
const pack = { policyPacks: [fnseal({ trustPolicy: policy })] };

async function addCode(project: Project): Promise<void> {
  put(within(project, "good.zip"), zipOf({ "index.js": "good" }));
  put(within(project, "bad.zip"), zipOf({ "index.js": "bad" }));
  await signBeside(ci, within(project, "good.zip"));
}

const upload = `
  const upload = (name, key, path) => new S3Object(name, { bucket: "b", key, source: new FileAsset(path) });
  const from = (object, key) => ({ s3Bucket: "b", s3Key: key, s3ObjectVersion: object.versionId });
  const good = upload("good", "good.zip", "./good.zip");
`;

describe("code in S3", () => {
  const { project: newProject } = projects();

  test("an object of the same program passes by its own version, at preview and at up", async () => {
    const project = await newProject(`${upload}
      fn("own", from(good, "good.zip"));
      new Layer("layer", { layerName: "layer", ...from(good, "good.zip") });
      const bucket = new Bucket("bucket", {});
      const object = new S3Object("in-bucket", { bucket: bucket.bucket, key: "k.zip", source: new FileAsset("./good.zip") });
      fn("bucket-unknown", { s3Bucket: bucket.bucket, s3Key: "k.zip", s3ObjectVersion: object.versionId });
    `);
    await addCode(project);
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual([]);
    expect(preview.exitCode).toBe(0);
    const up = await project.up(pack);
    expect(reportsOf(up)).toEqual([]);
    expect(up.exitCode).toBe(0);
    expect(project.awsCalls()).toHaveLength(6);
  });

  test("a version that is not the upload's is rejected", async () => {
    const project = await newProject(`${upload}
      const other = upload("other", "other.zip", "./good.zip");
      fn("literal", { s3Bucket: "b", s3Key: "good.zip", s3ObjectVersion: "older" }, { dependsOn: good });
      fn("of-another", from(other, "good.zip"), { dependsOn: good });
    `);
    await addCode(project);
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual([
      "literal lambda-code-signed [s3-version-unproved]",
      "of-another lambda-code-signed [s3-version-unproved]",
    ]);
    expect(preview.exitCode).not.toBe(0);
    expect(messageAbout(preview, "literal")).toContain("the version older");
  });

  describe("and images", () => {
    let result: Result;

    beforeAll(async () => {
      const project = await newProject(`${upload}
        const bad = upload("bad", "bad.zip", "./bad.zip");
        const twice = [upload("twice-good", "twice.zip", "./good.zip"), upload("twice-bad", "twice.zip", "./bad.zip")];
        const text = new S3Object("text", { bucket: "b", key: "text.zip", content: "not a file" });
        fn("no-version", { s3Bucket: "b", s3Key: "good.zip" }, { dependsOn: good });
        fn("unsigned-upload", from(bad, "bad.zip"));
        fn("two-uploads", from(twice[0], "twice.zip"), { dependsOn: twice });
        fn("text-upload", from(text, "text.zip"));
        fn("elsewhere", { s3Bucket: "b", s3Key: "elsewhere.zip", s3ObjectVersion: "v1" });
        fn("proved-by-nothing", { s3Bucket: "b", s3Key: "e.zip", s3ObjectVersion: "v1", sourceCodeHash: "x" });
        fn("two-sources", { code: zip("./good.zip"), ...from(good, "good.zip") });
        nativeFn("native-elsewhere", { code: { s3Bucket: "b", s3Key: "elsewhere.zip", s3ObjectVersion: "v1" } });
        nativeFn("native-two", { code: { zipFile: "1", s3Bucket: "b", s3Key: "good.zip", s3ObjectVersion: "1" } });
        fn("image-by-tag", { packageType: "Image", imageUri: "r.example/app:latest" });
        fn("image-by-digest", { packageType: "Image", imageUri: "r.example/app@${digest}" });
        nativeFn("native-image", { packageType: "Image", code: { imageUri: "r.example/app:1" } });
      `);
      await addCode(project);
      result = await project.preview(pack);
    });

    test.each<[what: string, name: string, ...reports: string[]]>([
      ["an object without a version", "no-version", "lambda-source-pinned [s3-not-pinned]"],
      ["an upload that is not signed", "unsigned-upload", "lambda-code-signed [bundle-not-found]"],
      ["two uploads to one place, one not signed", "two-uploads", "lambda-code-signed [bundle-not-found]"],
      ["an upload of a text", "text-upload", "lambda-code-signed [s3-unread]"],
      ["an object that this program does not upload", "elsewhere", "lambda-code-signed [s3-unread]"],
      ["such an object with a sourceCodeHash", "proved-by-nothing", "lambda-code-signed [s3-unread]"],
      ["a signed archive and an object at once", "two-sources", "lambda-code-signed [code-ambiguous]"],
      ["the same through aws-native", "native-elsewhere", "lambda-code-signed [s3-unread]"],
      ["inline code and an object at once", "native-two", "lambda-code-signed [code-ambiguous]"],
      [
        "an image by tag",
        "image-by-tag",
        "lambda-code-signed [image-not-pinned]",
        "lambda-source-pinned [image-not-pinned]",
      ],
      ["an image by digest", "image-by-digest", "lambda-code-signed [bundle-not-found]"],
      [
        "an image of aws-native by tag",
        "native-image",
        "lambda-code-signed [image-not-pinned]",
        "lambda-source-pinned [image-not-pinned]",
      ],
    ])("%s does not pass", (_, name, ...reports) => {
      expect(reportsAbout(result, name)).toEqual(reports.map((report) => `${name} ${report}`));
    });

    test("nothing else is reported, and the preview fails", () => {
      expect(reportsOf(result)).toHaveLength(14);
      expect(result.exitCode).not.toBe(0);
    });
  });
});

describe("layers", () => {
  const { project: newProject } = projects();
  const own = `const layer = new Layer("shared", { layerName: "shared", code: zip("./good.zip") });`;

  test("of this program and of trusted vendors pass, at preview and at up", async () => {
    const project = await newProject(`${own}
      fn("layered", { code: zip("./good.zip"), layers: [layer.arn, "${trusted}"] });
    `);
    await addCode(project);
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual([]);
    expect(passed(preview, "layered", "lambda-layer-signed")).toBe(true);
    const up = await project.up(pack);
    expect(reportsOf(up)).toEqual([]);
    expect(up.exitCode).toBe(0);
  });

  test("that nobody vouches for do not pass", async () => {
    const arn = (account: string, name: string) => `arn:aws:lambda:eu-west-1:${account}:layer:${name}:1`;
    const project = await newProject(`${own}
      const code = zip("./good.zip");
      new Layer("unsigned", { layerName: "unsigned", code: zip("./bad.zip") });
      fn("foreign", { code, layers: ["${arn("999999999999", "tools")}"] });
      fn("same-name-elsewhere", { code, layers: ["${arn("999999999999", "LambdaInsightsExtension")}"] });
      fn("no-arn", { code, layers: ["shared"] });
      fn("no-list", { code, layers: "${arn("999999999999", "tools")}" });
    `);
    await addCode(project);
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual([
      "foreign lambda-layer-signed [layer-not-trusted]",
      "no-arn lambda-layer-signed [layer-not-trusted]",
      "no-list lambda-layer-signed [layer-not-trusted]",
      "same-name-elsewhere lambda-layer-signed [layer-not-trusted]",
      "unsigned lambda-layer-signed [bundle-not-found]",
    ]);
    expect(preview.exitCode).not.toBe(0);
  });

  test("of another version, or made of something else, are rejected", async () => {
    const project = await newProject(`${own}
      const code = zip("./good.zip");
      const role = fn("first", { code });
      fn("older", { code, layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:shared:1"] }, { dependsOn: layer });
      fn("made-up", { code, layers: [role.arn.apply(() => "arn:aws:lambda:eu-west-1:123456789012:layer:x:1")] });
    `);
    await addCode(project);
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual([
      "made-up lambda-layer-signed [layer-not-trusted]",
      "older lambda-layer-signed [layer-not-trusted]",
    ]);
    expect(preview.exitCode).not.toBe(0);
  });
});
