import { runtime } from "@pulumi/pulumi";
import { bundleProvider, signatureProvider } from "../src/dynamic/providers.ts";

test.each([
  ["SignatureBundle", bundleProvider],
  ["FunctionSignature", signatureProvider],
])("what Pulumi keeps of %s is calls into the package and nothing else", async (_name, provider) => {
  process.env["AWS_SECRET_ACCESS_KEY"] = "a-secret-of-the-test";
  const { text } = await runtime.serializeFunction(() => provider);
  delete process.env["AWS_SECRET_ACCESS_KEY"];
  expect(text).toContain("@fnseal/provider/dynamic");
  expect(text).not.toMatch(/aws-sdk|Client|a-secret-of-the-test/);
  expect(text.length).toBeLessThan(5000);
});
