import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const root = join(__dirname, "../..");

jest.setTimeout(600_000);

/** Each of its steps checks itself and ends the run where it is not as meant. */
async function demo(): Promise<{ readonly code: unknown; readonly said: string }> {
  const child = spawn(process.execPath, ["scripts/demo.ts"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  const [code] = (await once(child, "close")) as [unknown];
  return { code, said };
}

test("the demo shows what it says: rejected previews, then a function that is found, blocked and released", async () => {
  const { code, said } = await demo();
  expect({ code, said: code === 0 ? "" : said }).toEqual({ code: 0, said: "" });
  for (const shown of [
    "[bundle-not-found]",
    "[bundle-other-artifact]",
    "[signer-not-trusted]",
    "found, blocked and told",
    "unblocked: the concurrency from before is back",
  ]) {
    expect(said).toContain(shown);
  }
});
