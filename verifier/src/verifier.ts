import type { Redelivery } from "./aws/queue.ts";
import type { Configuration } from "./config/index.ts";
import { createLayerWatch, type OwnCalls } from "./events/index.ts";
import { createHandle, type Handle } from "./handler.ts";
import { createInspector, type Inspector } from "./inspect/index.ts";
import { createPieceJudge } from "./inspect/judgePiece.ts";
import type { Ports } from "./ports.ts";
import { createSweeper, type Sweeper, type SweepQueue } from "./sweep/index.ts";
import { createTell } from "./tell.ts";
import { createOperator, createWatcher, type Operator } from "./watch/index.ts";
import type { Watcher } from "./watcher.ts";

/** Everything that touches the world, of the Lambda. */
export interface VerifierPorts extends Ports {
  /** The same as `functions` and `levers`, within the sweep's budget. */
  readonly unhurried: Pick<Ports, "functions" | "levers">;
  readonly ownCalls: OwnCalls;
  readonly redelivery: Redelivery;
  readonly sweepQueue: SweepQueue;
}

/** The verifier, put together. */
export interface Verifier {
  readonly handle: Handle;
  /** Not slowed by the sweep's budget. */
  readonly inspector: Inspector;
  readonly watcher: Watcher;
  readonly sweeper: Sweeper;
  readonly operator: Operator;
}

/** Puts the verifier together from its ports: for the Lambda on AWS, for tests in memory. */
export function createVerifier(ports: VerifierPorts, configuration: Configuration): Verifier {
  const { policy, policyHash, settings, own } = configuration;
  const { documentation } = settings;
  const options = { policyHash, settings, own };
  const tell = createTell(ports);

  const inspector = createInspector(ports, policy, settings);
  const watcher = createWatcher(ports, inspector, options);
  const operator = createOperator(ports, options);

  const slowed = { ...ports, ...ports.unhurried };
  const sweeper = createSweeper(
    {
      ...slowed,
      watcher: createWatcher(slowed, createInspector(slowed, policy, settings), options),
      queue: ports.sweepQueue,
      tell,
    },
    {
      account: own.account,
      regions: settings.regions,
      policyHash,
      documentation,
      maxReceives: configuration.resources.maxReceives,
    },
  );
  const judge = createPieceJudge(ports, policy, settings);
  const lookAtLayer = createLayerWatch({ ...ports, judge, tell }, policy, documentation);
  const handle = createHandle({ ...ports, watcher, operator, sweeper, lookAtLayer, tell }, configuration);
  return { handle, inspector, watcher, sweeper, operator };
}
