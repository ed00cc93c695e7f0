import { recordAnswer } from '../requests/answer.ts';
import { recordDelivery } from '../requests/deliver.ts';
import { providerActivities, requestActivities } from '../activities/index.ts';
import { runSweeper } from '../upkeep/sweeper.ts';
import { startBot } from '../bot/app.ts';
import { messageOf } from '../core/faults.ts';
import { startDispatcher } from '../inbox/dispatcher.ts';
import type { Stoppable } from '../inbox/queue.ts';
import { startWaker } from '../inbox/waker.ts';
import { requestWorkflows } from '../temporal/client.ts';
import { startWorkers } from '../temporal/worker.ts';
import { workflowBundle } from '../temporal/workflow-bundle.ts';
import type { Logger } from './log.ts';
import type { Connections } from './connections.ts';
import { supervise, type Starting } from './supervise.ts';
import { temporalClient, temporalWorkerConnection } from '../temporal/connection.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { depsAs, type Wired } from './wiring.ts';

/** `onError` gets a message for people each time the role lost its server and tries again. */
type RoleOptions = Readonly<{ onError?: (message: string) => void }>;

/**
 * Connects to Slack, stores what people do there and what kind of account they have, and notifies people. It shows a
 * password when its delivery is recorded. It decides nothing.
 */
export const startGateway = (
  { slack }: Pick<Connections, 'slack'>,
  deps: Wired,
  log: Logger,
  { onError }: RoleOptions = {},
): Starting =>
  supervise(
    'Slack',
    log,
    () =>
      startBot({
        token: slack.botToken,
        appToken: slack.appToken,
        ...(slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl }),
        log: (level, message) => log[level]({ part: 'slack' }, message),
        deps: {
          ...depsAs(deps, 'gateway'),
          courierLedger: deps.ledgers.as('courier'),
          openSecret: (sealed, context) => deps.sealer.open(sealed, context),
          channel: slack.channel,
        },
      }),
    onError,
  );

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

/** Ends access that the workflows did not end on time. Uses only the ledger and the providers, not Temporal. */
export const startSweeper = (deps: Wired, log: Logger, everySeconds: number): Starting => ({
  ...runSweeper(depsAs(deps, 'sweeper'), { log, everySeconds }),
  ready: Promise.resolve(),
});
