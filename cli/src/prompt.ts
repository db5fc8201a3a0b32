import { StringDecoder } from "node:string_decoder";
import type { Environment, Input } from "./environment.ts";
import { Interrupted } from "./errors.ts";
import { write } from "./output.ts";

/** Whether a person can be asked: both what we read and where the question goes are terminals. */
export function canPrompt({ stdin, stderr }: Environment): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && stdin.setRawMode !== undefined;
}

/**
 * Asks a question on standard error and reads one line without showing it. The terminal is as before afterwards.
 *
 * @throws Interrupted at Ctrl-C, and at Ctrl-D or the end of the input
 */
export async function promptHidden({ stdin, stderr }: Environment, question: string): Promise<string> {
  await write(stderr, question);
  const wasRaw = stdin.isRaw === true;
  stdin.setRawMode?.(true);
  try {
    return await readHiddenLine(stdin);
  } finally {
    stdin.setRawMode?.(wasRaw);
    await write(stderr, "\n");
  }
}

function readHiddenLine(stdin: Input): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    let line: string[] = [];
    const stop = (): void => {
      stdin.off("data", onData).off("end", onEnd).off("error", onEnd);
      stdin.pause();
    };
    const onEnd = (): void => {
      stop();
      reject(new Interrupted("the input ended"));
    };
    const onData = (chunk: Buffer | string): void => {
      const characters = Array.from(typeof chunk === "string" ? chunk : decoder.write(chunk));
      for (const [index, character] of characters.entries()) {
        switch (character) {
          case "\r":
          case "\n":
            stop();
            // What was typed ahead is the next question's answer.
            if (index + 1 < characters.length)
              stdin.unshift(Buffer.from(characters.slice(index + 1).join("")));
            resolve(line.join(""));
            return;
          case "\u0003":
          case "\u0004":
            onEnd();
            return;
          case "\u007f":
          case "\b":
            line.pop();
            break;
          case "\u0015":
            line = [];
            break;
          default:
            if (character >= " ") line.push(character);
        }
      }
    };
    stdin.on("data", onData).on("end", onEnd).on("error", onEnd);
    stdin.resume();
  });
}
