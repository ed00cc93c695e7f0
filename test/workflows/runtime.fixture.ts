import { Runtime } from '@temporalio/worker';
import { explainWithLog } from '../explain.fixture.ts';

/**
 * Keeps the warnings and errors of Temporal's runtime for the report of a failed test. The runtime can be installed only
 * once in a process, and before any worker or test server.
 */
const keepLine = explainWithLog("the log of Temporal's worker");
const ignore = () => undefined;
const write = (message: string, meta?: object) => keepLine(`${message} ${JSON.stringify(meta ?? {})}`);
Runtime.install({
  telemetryOptions: { logging: { filter: 'WARN', forward: {} } },
  logger: { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: write, error: write },
});
