import { readdirSync } from "node:fs";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { functionProcesses } from "../../support/emulator/functionProcess.ts";
import { plantCode } from "../../support/emulator/resources.ts";
import { HOSTILE, SIGNED, zeros } from "./support/hostileCode.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

jest.setTimeout(300_000);

/** Megabytes: what the verifier may have, whatever it is given to read. */
const MOST_MEGABYTES = 200;

describe("code that is made to be misread", () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await newWatched({ rule: { runtime: { actions: ["detect", "notify"] } } });
    await watched.functions.sign(SIGNED);
    await watched.functions.create("victim", SIGNED);
    await until("the first verdict", async () =>
      (await watched.state.recordOf("victim"))?.judged?.status === "verified" ? true : undefined,
    );
  });
  afterAll(() => watched.remove());

  /** Any change of the function: the verifier reads what it runs now. */
  async function touch(name: string): Promise<void> {
    await watched.functions
      .client()
      .send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Description: `${Date.now()}` }));
  }

  async function verdict(
    isIt: (status: string | undefined, code: string | undefined) => boolean,
  ): Promise<void> {
    const since = Date.now();
    await touch("victim");
    const seen = async (): Promise<string> => {
      const { judged, readAt } = (await watched.state.recordOf("victim")) ?? {};
      return `${judged?.status} ${judged?.code}, ${readAt}`;
    };
    let last = "";
    await until(
      () => `the verdict; the last is ${last}`,
      async () => {
        last = await seen();
        const record = await watched.state.recordOf("victim");
        const isNew = Date.parse(record?.readAt ?? "") >= since;
        return isNew && isIt(record?.judged?.status, record?.judged?.code) ? true : undefined;
      },
    );
  }

  function processes(): ReturnType<typeof functionProcesses> {
    return functionProcesses(watched.emulator, watched.outputs.functionName);
  }

  function assertCleanAndSmall(): void {
    const all = processes();
    expect(all.length).toBeGreaterThan(0);
    const left = all.flatMap(({ temporaryFolder }) => readdirSync(temporaryFolder));
    expect(left.filter((name) => name.startsWith("fnseal-code-"))).toEqual([]);
    expect(Math.max(...all.map((process) => process.peak()))).toBeLessThanOrEqual(MOST_MEGABYTES);
  }

  test.each(HOSTILE)("$what: $code", async ({ zip, code, status = "rejected", ...planted }) => {
    await plantCode(watched.emulator, "victim", zip(), planted);
    await verdict((is, why) => is === status && why === code);
    assertCleanAndSmall();
    const { "fnseal:status": tag, "fnseal:reason": reason } = await watched.functions.tagsOf("victim");
    expect({ tag, reason }).toEqual({ tag: status, reason: code });
  });

  test("240 MB of zeros that somebody signed are read to their end, and pass", async () => {
    await watched.functions.sign(zeros());
    await plantCode(watched.emulator, "victim", zeros());
    await verdict((status) => status === "verified");
    assertCleanAndSmall();
  });

  test("each change of the verdict was told once", async () => {
    const told = (await watched.notices.about("victim")).map(
      ({ finding }) => `${finding.status} ${finding.code}`,
    );
    for (const { status = "rejected", code } of HOSTILE) expect(told).toContain(`${status} ${code}`);
    expect(told.filter((each, index) => each === told[index - 1])).toEqual([]);
  });
});
