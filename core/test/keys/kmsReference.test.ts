import { isFullKmsReference, isKeyUri, parseKmsReference } from "../../src/keys/index.ts";
import { FnsealError } from "../../src/errors.ts";

const ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const MRK = "mrk-1234abcd12ab34cd56ef1234567890ab";
const ARN = `arn:aws:kms:us-east-2:111122223333:key/${ID}`;

test.each([
  [`awskms:///${ID}`, undefined, ID, undefined],
  [`awskms:///${MRK}`, undefined, MRK, undefined],
  ["awskms:///alias/ci/release", undefined, "alias/ci/release", undefined],
  [`awskms:///${ARN}`, undefined, ARN, "us-east-2"],
  [
    "awskms:///arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a",
    undefined,
    "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a",
    "us-gov-west-1",
  ],
  [`awskms://localhost:4566/${ID}`, "localhost:4566", ID, undefined],
  [`awskms://kms.internal.example.com/${ARN}`, "kms.internal.example.com", ARN, "us-east-2"],
])("%s", (uri, endpoint, keyId, region) => {
  expect(parseKmsReference(uri)).toEqual({ uri, endpoint, keyId, region });
});

function codeOf(uri: string): string {
  try {
    parseKmsReference(uri);
    return "none";
  } catch (thrown) {
    return thrown instanceof FnsealError ? thrown.code : String(thrown);
  }
}

test.each([
  ["awskms:///", "kms-uri-invalid"],
  ["awskms://", "kms-uri-invalid"],
  ["awskms:///release", "kms-uri-invalid"],
  ["awskms:///alias/", "kms-uri-invalid"],
  ["awskms:///alias/a b", "kms-uri-invalid"],
  ["awskms:///alias/a\n", "kms-uri-invalid"],
  [`awskms:///${ID}/..`, "kms-uri-invalid"],
  ["awskms:///arn:aws:s3:::bucket", "kms-uri-invalid"],
  [`awskms://user@host/${ID}`, "kms-uri-invalid"],
  [`awskms://host:port/${ID}`, "kms-uri-invalid"],
  [`awskms://ho st/${ID}`, "kms-uri-invalid"],
  [`awskms://http://host/${ID}`, "kms-uri-invalid"],
  ["gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k", "key-scheme-unsupported"],
  ["azurekms://vault.vault.azure.net/key", "key-scheme-unsupported"],
  ["hashivault://key", "key-scheme-unsupported"],
  ["openbao://key", "key-scheme-unsupported"],
  ["k8s://namespace/key", "key-scheme-unsupported"],
  ["gitlab://group/project", "key-scheme-unsupported"],
  ["https://example.com/key.pub", "key-scheme-unsupported"],
  ["pkcs11:token=t;slot-id=1", "key-scheme-unsupported"],
])("%j is %s", (uri, code) => {
  expect(codeOf(uri)).toBe(code);
});

test("a path is no URI", () => {
  expect(["fnseal.key", "./keys/a.pub", "C:\\keys\\a.pub", "C:/keys/a.pub", "a:b"].map(isKeyUri)).toEqual(
    Array.from({ length: 5 }, () => false),
  );
});

test("only a key's ARN is the same key for good", () => {
  const all = [
    `awskms:///${ARN}`,
    `awskms:///${ID}`,
    `awskms://host/${ARN}`,
    `awskms:///${ARN.replace(/key.*/, "alias/a")}`,
  ];
  expect(all.map(isFullKmsReference)).toEqual([true, false, false, false]);
});
