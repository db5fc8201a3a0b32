import { FnsealError } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import type { CodeLocation } from "../model/facts.ts";
import type { Place } from "../model/place.ts";
import type { Functions } from "../ports.ts";
import type { Piece } from "./pieces.ts";

/** The code is no longer what it was when the inspection began. */
export class ChangedMeanwhile extends Error {
  override readonly name = "ChangedMeanwhile";
}

/** Where a piece can be downloaded, why not, or `undefined` where no version has it any more. */
export type Located = CodeLocation | FnsealError | undefined;

/** Asks where a piece is. Ask again for a new answer. @throws AwsFailure, ChangedMeanwhile */
export async function locate(functions: Functions, place: Place, piece: Piece): Promise<Located> {
  return piece.layer === undefined
    ? locateCode(functions, place, piece)
    : locateLayer(functions, piece.layer);
}

async function locateCode(functions: Functions, place: Place, piece: Piece): Promise<Located> {
  for (const version of piece.versions) {
    let location: CodeLocation | undefined;
    try {
      location = await functions.code(place, version === "$LATEST" ? undefined : version);
    } catch (thrown) {
      return lasting(thrown, "code-unreadable");
    }
    if (location !== undefined) {
      if (location.codeSha256 !== piece.codeSha256) throw new ChangedMeanwhile(version);
      return location;
    }
    if (version === "$LATEST") {
      throw new AwsFailure("gone", "lambda:GetFunction", "lambda:GetFunction: the function is gone");
    }
  }
  return undefined;
}

/** Asks where a layer version is. @throws AwsFailure where trying again may help */
export async function locateLayer(functions: Functions, arn: string): Promise<Located> {
  try {
    return await functions.layer(arn);
  } catch (thrown) {
    // A function goes on with a layer version that was deleted, and nobody can read it any more.
    return lasting(thrown, "layer-unreadable");
  }
}

/** Throws on what may pass. */
function lasting(thrown: unknown, code: "code-unreadable" | "layer-unreadable"): FnsealError {
  if (!(thrown instanceof AwsFailure) || thrown.isPassing) throw thrown;
  return new FnsealError(code, thrown.message, { cause: thrown });
}
