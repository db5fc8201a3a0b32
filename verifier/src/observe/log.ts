import { Logger } from "@aws-lambda-powertools/logger";
import type { Log } from "../ports.ts";

/** JSON lines by Powertools. What is logged is ours to choose: no event, no environment, no address of code. */
export function createLog(logger: Logger = new Logger({ serviceName: "fnseal" })): Log {
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
