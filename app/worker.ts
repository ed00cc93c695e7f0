import { providerActivities, requestActivities } from '../activities/index.ts';
import { messageOf } from '../core/faults.ts';
import { startDispatcher } from '../inbox/dispatcher.ts';
import { startWaker } from '../inbox/waker.ts';
import { decideClick } from '../requests/decide-click.ts';
import { requestWorkflows } from '../temporal/client.ts';
import { temporalClient } from '../temporal/connection.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { temporalWorkerConnection } from '../temporal/worker-connection.ts';
import { startWorkers, type Workers } from '../temporal/worker.ts';
import { repeat } from '../upkeep/repeat.ts';
import { reportWaitingGrants } from '../upkeep/waiting-grants.ts';
import { workflowBundle } from '../temporal/workflow-bundle.ts';
import type { Connections } from './connections.ts';
import type { Logger } from './log.ts';
import type { RunningUntilFailure, Running } from './supervise.ts';
import { depsAs, type ProcessDeps } from './wiring.ts';

type Temporal = Pick<Connections, 'temporal'>;

/** Decides clicks in the ledger. Answers count also while Temporal is unavailable. */
export function startAnswers(deps: ProcessDeps, log: Logger): Running {
  const worker = depsAs(deps, 'worker');
  return startDispatcher({
    ledger: worker.ledger,
    decide: (click) => decideClick(worker, click),
    onError: (error) => log.error({ error: messageOf(error) }, 'the inbox cannot be read'),
    onRetry: ({ id, request, kind }, error) =>
      log.warn({ click: id, request, kind, error: messageOf(error) }, 'not answered yet'),
  });
}

/** Polls the task queue of the workflows, and wakes the workflows of requests about which something was recorded. */
export async function startWorkflows(
  temporal: Temporal,
  deps: ProcessDeps,
  log: Logger,
): Promise<RunningUntilFailure> {
  const bundle = await workflowBundle();
  const worker = depsAs(deps, 'worker');
  const workflows = await poll(temporal, deps, log, {
    bundle,
    activities: { workflows: requestActivities(worker), providers: {} },
    providers: [],
  });
  const { client, close } = temporalClient(temporal.temporal, deps.codec);
  const waker = startWaker({
    ledger: worker.ledger,
    workflows: requestWorkflows(client),
    onError: (error) => log.error({ error: messageOf(error) }, 'the wake-ups cannot be read'),
    onRetry: ({ request }, error) =>
      log.warn({ request, error: messageOf(error) }, 'its workflow was not woken yet'),
  });
  const waiting = repeat(() => reportWaitingGrants({ ledger: worker.ledger, warn: log.warn.bind(log) }), {
    everySeconds: 60,
    onError: (error) => log.error({ error: messageOf(error) }, 'the waiting grants cannot be counted'),
  });
  return {
    failed: workflows.failed,
    async stop() {
      await Promise.all([waker.stop(), waiting.stop()]);
      await close();
      await workflows.stop();
    },
  };
}

/** Polls the task queue of one provider: its grants, revocations and verifications. */
export const startProvider = (
  temporal: Temporal,
  deps: ProcessDeps,
  log: Logger,
  name: string,
): Promise<RunningUntilFailure> =>
  poll(temporal, deps, log, {
    activities: { workflows: {}, providers: providerActivities(depsAs(deps, 'provider')) },
    providers: [name],
  });

/** Each part has a connection of its own, so that one that cannot start stops no other. */
async function poll(
  { temporal }: Temporal,
  { codec }: Pick<ProcessDeps, 'codec'>,
  log: Logger,
  work: Pick<Workers, 'activities' | 'providers' | 'bundle'>,
): Promise<RunningUntilFailure> {
  installRuntime(log.child({ part: 'temporal' }));
  const { connection, namespace } = await temporalWorkerConnection(temporal);
  const workers = await startWorkers({ connection, namespace, codec, ...work }).catch(
    async (error: unknown) => {
      await connection.close().catch(() => undefined); // the first error says more
      throw error;
    },
  );
  return {
    failed: workers.failed,
    async stop() {
      await workers.stop();
      await connection.close();
    },
  };
}
