import { providerActivities, requestActivities } from '../activities/index.ts';
import { messageOf } from '../core/faults.ts';
import { startDispatcher } from '../inbox/dispatcher.ts';
import type { Stoppable } from '../inbox/queue.ts';
import { startWaker } from '../inbox/waker.ts';
import { recordAnswer } from '../requests/answer.ts';
import { recordDelivery } from '../requests/deliver.ts';
import { requestWorkflows } from '../temporal/client.ts';
import { temporalClient } from '../temporal/connection.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { temporalWorkerConnection } from '../temporal/worker-connection.ts';
import { startWorkers } from '../temporal/worker.ts';
import { workflowBundle } from '../temporal/workflow-bundle.ts';
import type { Connections } from './connections.ts';
import type { Logger } from './log.ts';
import { type RoleOptions, supervise, type Starting } from './supervise.ts';
import { depsAs, type Wired } from './wiring.ts';

/**
 * Decides clicks and polls the workflows' task queue when `workflows` is set, and polls the task queue of each named
 * provider.
 */
export function startWorker(
  { temporal }: Pick<Connections, 'temporal'>,
  deps: Wired,
  log: Logger,
  {
    workflows,
    providers,
    onError,
  }: RoleOptions & Readonly<{ workflows: boolean; providers: readonly string[] }>,
): Starting {
  installRuntime(log.child({ part: 'temporal' }));
  let bundle: Awaited<ReturnType<typeof workflowBundle>> | undefined;
  const connect = async () => {
    if (workflows) bundle ??= await workflowBundle();
    const { connection, namespace } = await temporalWorkerConnection(temporal);
    const workers = await startWorkers({
      connection,
      namespace,
      activities: {
        workflows: requestActivities(depsAs(deps, 'worker')),
        providers: providerActivities(depsAs(deps, 'provider')),
      },
      codec: deps.codec,
      providers,
      ...(bundle ? { bundle } : {}),
    }).catch(async (error: unknown) => {
      await connection.close().catch(() => undefined); // the first error says more
      throw error;
    });
    return {
      failed: workers.failed,
      async stop() {
        await workers.stop();
        await connection.close();
      },
    };
  };
  const clicks = workflows ? decideClicks({ temporal }, deps, log) : undefined;
  const polling = supervise('Temporal', log, connect, onError);
  return {
    ready: polling.ready,
    async stop() {
      await clicks?.stop();
      await polling.stop();
    },
  };
}

/** Decides clicks in the ledger, and wakes the workflows of their requests. Answers count also while Temporal is unavailable. */
function decideClicks({ temporal }: Pick<Connections, 'temporal'>, deps: Wired, log: Logger): Stoppable {
  const { client, close } = temporalClient(temporal, deps.codec);
  const worker = depsAs(deps, 'worker');
  const dispatcher = startDispatcher({
    ledger: worker.ledger,
    recordAnswer: (click) => recordAnswer(worker, click),
    recordDelivery: (click) => recordDelivery(worker, click),
    onError: (error) => log.error({ error: messageOf(error) }, 'the inbox cannot be read'),
    onRetry: ({ id, kind }, error) =>
      log.warn({ click: id, kind, error: messageOf(error) }, 'not answered yet'),
  });
  const waker = startWaker({
    ledger: worker.ledger,
    workflows: requestWorkflows(client),
    onError: (error) => log.error({ error: messageOf(error) }, 'the wake-ups cannot be read'),
    onRetry: ({ request }, error) =>
      log.warn({ request, error: messageOf(error) }, 'its workflow was not woken yet'),
  });
  return {
    async stop() {
      await Promise.all([dispatcher.stop(), waker.stop()]);
      await close();
    },
  };
}
