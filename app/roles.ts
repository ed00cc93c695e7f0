import { accountCheckBy } from './account-check.ts';
import { isAnswer, recordAnswer } from '../requests/answer.ts';
import { providerActivities, requestActivities } from '../activities/index.ts';
import { runSweeper } from '../upkeep/sweeper.ts';
import { type Bot, startBot } from '../bot/app.ts';
import { messageOf } from '../core/faults.ts';
import { startDispatcher } from '../inbox/dispatcher.ts';
import { startWaker } from '../inbox/waker.ts';
import { requestWorkflows } from '../temporal/client.ts';
import { bundleWorkflows, startWorkers } from '../temporal/worker.ts';
import type { Logger } from './log.ts';
import type { Connections } from './connections.ts';
import { supervise, type Starting } from './supervise.ts';
import { temporalClient, temporalWorkerConnection } from '../temporal/connection.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { depsAs, type Wired } from './wiring.ts';

/** `onError` gets a message for people each time the role lost its server and tries again. */
type RoleOptions = Readonly<{ onError?: (message: string) => void }>;

/**
 * Connects to Slack, receives clicks, delivers them to their workflows, and notifies people. Clicks from the command
 * line are delivered also while Slack is away.
 */
export function startGateway(
  { temporal, slack }: Pick<Connections, 'temporal' | 'slack'>,
  deps: Wired,
  log: Logger,
  { onError }: RoleOptions = {},
): Starting {
  const { client, close } = temporalClient(temporal, deps.codec);
  const gateway = depsAs(deps, 'gateway');
  const worker = depsAs(deps, 'worker'); // What a click leads to is decided with the rights of the worker.
  let bot: Bot | undefined;
  const dispatcher = startDispatcher({
    ledger: worker.ledger,
    checkAccount: accountCheckBy(() => bot, deps.policy),
    isAnswer,
    recordAnswer: (click) => recordAnswer(worker, click),
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
  const connect = async () => {
    bot = await startBot({
      token: slack.botToken,
      appToken: slack.appToken,
      ...(slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl }),
      log: (level, message) => log[level]({ part: 'slack' }, message),
      deps: {
        ...gateway,
        deciding: worker.ledger,
        courierLedger: deps.ledgers.as('courier'),
        openSecret: (sealed, context) => deps.sealer.open(sealed, context),
        channel: slack.channel,
      },
    });
    return bot;
  };
  const connecting = supervise('Slack', log, connect, onError);
  return {
    ready: connecting.ready,
    async stop() {
      await connecting.stop();
      await Promise.all([dispatcher.stop(), waker.stop()]);
      await close();
    },
  };
}

/** Polls the workflows' task queue when `workflows` is set, and the task queue of each named provider. */
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
  let bundle: Awaited<ReturnType<typeof bundleWorkflows>> | undefined;
  const connect = async () => {
    if (workflows) bundle ??= await bundleWorkflows();
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
  return supervise('Temporal', log, connect, onError);
}

/** Ends access that the workflows did not end on time. Uses only the ledger and the providers, not Temporal. */
export const startSweeper = (deps: Wired, log: Logger, everySeconds: number): Starting => ({
  ...runSweeper(depsAs(deps, 'sweeper'), { log, everySeconds }),
  ready: Promise.resolve(),
});
