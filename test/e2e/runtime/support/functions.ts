import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { type DigestSet, digestPath } from "@fnseal/core";
import { putBundle } from "../../../../verifier/src/store/index.ts";
import { HOME_REGION } from "../../../support/emulator/clients.ts";
import type { Credentials, Emulator } from "../../../support/emulator.ts";
import { type Approval, signDigests, type Signer } from "../../support/signing.ts";
import { zipOf } from "../../support/zip.ts";

/** A zip with one file whose code nobody else has. */
export const codeOf = (text: string): Buffer =>
  zipOf({ "index.js": `exports.handler = async () => ${JSON.stringify(text)};\n` });

export interface Where {
  /** The home region by default. */
  readonly region?: string;
  /** Root's by default. */
  readonly credentials?: Credentials;
}

/** Functions of the account, and what is signed of them. */
export interface Functions {
  /** The role that functions run as. */
  readonly roleArn: string;
  readonly client: (where?: Where) => LambdaClient;
  /** Signs what digests name and puts the bundle into the store; every function by default. */
  readonly signDigests: (digests: DigestSet, approval?: Approval, signer?: Signer) => Promise<void>;
  /** The same of a zip. */
  readonly sign: (code: Buffer, approval?: Approval, signer?: Signer) => Promise<void>;
  readonly create: (
    name: string,
    code: Buffer,
    more?: Partial<CreateFunctionCommandInput>,
    where?: Where,
  ) => Promise<void>;
  readonly update: (name: string, code: Buffer, where?: Where) => Promise<void>;
  readonly arnOf: (name: string, region?: string) => string;
  readonly tagsOf: (name: string, region?: string) => Promise<Readonly<Record<string, string>>>;
  /** Reserved; `undefined` where none is. */
  readonly concurrencyOf: (name: string, region?: string) => Promise<number | undefined>;
}

/** @param ci signs what is signed */
export function functionsOf(
  emulator: Emulator,
  { roleArn, bucket, ci }: { roleArn: string; bucket: string; ci: Signer },
): Functions {
  const clients = new Map<string, LambdaClient>();
  const client = ({ region = HOME_REGION, credentials }: Where = {}): LambdaClient => {
    const key = `${region} ${credentials?.accessKeyId ?? ""}`;
    const known = clients.get(key) ?? new LambdaClient(emulator.config(region, credentials));
    clients.set(key, known);
    return known;
  };
  const s3 = new S3Client(emulator.config());
  const sign: Functions["signDigests"] = async (digests, approval, signer = ci) => {
    await putBundle(s3, bucket, Buffer.from(await signDigests(signer, digests, approval)), digests);
  };
  return {
    roleArn,
    client,
    signDigests: sign,
    sign: async (code, approval, signer = ci) => {
      const folder = mkdtempSync(join(tmpdir(), "fnseal-sign-"));
      try {
        const path = join(folder, "code.zip");
        writeFileSync(path, code);
        await sign((await digestPath(path, { as: "zip" })).digests, approval, signer);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    create: async (FunctionName, ZipFile, more = {}, where = {}) => {
      const shape = { Runtime: "nodejs24.x", Handler: "index.handler", Role: roleArn } as const;
      await client(where).send(
        new CreateFunctionCommand({ FunctionName, ...shape, Code: { ZipFile }, ...more }),
      );
    },
    update: async (FunctionName, ZipFile, where) => {
      await client(where).send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    },
    arnOf: (name, region = HOME_REGION) => `arn:aws:lambda:${region}:${emulator.accountId}:function:${name}`,
    tagsOf: async (FunctionName, region = HOME_REGION) => {
      const { Tags = {} } = await client({ region }).send(new GetFunctionCommand({ FunctionName }));
      return Tags;
    },
    concurrencyOf: async (FunctionName, region = HOME_REGION) => {
      const asked = new GetFunctionConcurrencyCommand({ FunctionName });
      return (await client({ region }).send(asked)).ReservedConcurrentExecutions;
    },
  };
}
