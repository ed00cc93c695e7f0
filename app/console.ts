import { startConsoleServer } from '../console/server.ts';
import { identityProvider } from '../console/sign-in/identity-provider.ts';
import { messageOf } from '../core/faults.ts';
import type { ConsoleConnection } from './console-connection.ts';
import { examineLedger } from './doctor-ledger.ts';
import { examineLocks } from './doctor-locks.ts';
import { examineLog } from './doctor-log.ts';
import { examineStream } from './doctor-stream.ts';
import type { LogConnection } from './log-connection.ts';
import { trustedKeys } from './log-keys.ts';
import type { Logger } from './log.ts';
import type { RunningUntilFailure } from './supervise.ts';
import { depsAs, type ProcessDeps } from './wiring.ts';

/** The pages for auditors, approvers and everybody. It uses the ledger, the policy files and the identity provider only. */
export async function startConsole(
  wired: ProcessDeps,
  log: Logger,
  { origin, listen, client }: ConsoleConnection,
  auditLog: LogConnection | undefined,
): Promise<RunningUntilFailure> {
  const deps = depsAs(wired, 'console');
  const running = await startConsoleServer(
    {
      ledger: deps.ledger,
      policy: deps.policy,
      identity: identityProvider(client, origin),
      origin,
      logKeys: auditLog ? trustedKeys(auditLog) : [],
      health: async () =>
        (
          await Promise.all([
            examineLedger(deps.ledger),
            examineLog(deps.ledger, auditLog),
            examineStream(deps.ledger),
            examineLocks(deps),
          ])
        ).flat(),
      report: (error, page) =>
        log.error(
          { part: 'console', error: messageOf(error), ...(page === undefined ? {} : { page }) },
          page === undefined ? 'the console had a problem outside of a page' : 'a page could not be made',
        ),
    },
    listen,
  );
  log.info({ address: origin, host: listen.host, port: running.port }, 'the console');
  return running;
}
