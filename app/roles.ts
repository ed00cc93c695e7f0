import { Runtime } from '@temporalio/worker';
import { isAnswer, recordAnswer } from '../requests/answer.ts';
import { createActivities } from '../activities/index.ts';
import type { Deps } from '../requests/deps.ts';
import { sweep } from '../upkeep/sweep.ts';
import { type Bot, startBot } from '../bot/app.ts';
import { messageOf } from '../core/faults.ts';
import { startDispatcher } from '../inbox/dispatcher.ts';
import { requestWorkflows } from '../temporal/client.ts';
import { bundleWorkflows, startWorkers } from '../temporal/worker.ts';
import type { Logger } from './log.ts';
import type { Connections } from './connections.ts';
import { supervise, type Starting } from './supervise.ts';
import { temporalClient, temporalWorkerConnection, type Wired } from './wiring.ts';

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
  const { client, close } = temporalClient(temporal);
  let bot: Bot | undefined;
  const dispatcher = startDispatcher({
    ledger: deps.ledger,
    workflows: requestWorkflows(client),
    checkAccount: async (click) => {
      if (click.via !== 'slack') return undefined;
      if (!bot) throw new Error('Slack is not connected yet');
      return bot.checkAccount(click);
    },
    isAnswer,
    recordAnswer: (click) => recordAnswer(deps, click),
    onError: (error) => log.error({ error: messageOf(error) }, 'the inbox cannot be read'),
    onRetry: ({ id, kind }, error) =>
      log.warn({ click: id, kind, error: messageOf(error) }, 'not answered yet'),
  });
  const connect = async () => {
    bot = await startBot({
      token: slack.botToken,
      appToken: slack.appToken,
      ...(slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl }),
      log: (level, message) => log[level]({ part: 'slack' }, message),
      deps: {
        ...deps,
        providers: deps.describers,
        openSecret: (sealed) => deps.sealer.open(sealed),
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
      await dispatcher.stop();
      await close();
    },
  };
}

/** Polls the workflows' task queue when `workflows` is set, and the task queue of each named provider. */
export function startWorker(
  { temporal }: Pick<Connections, 'temporal'>,
  deps: Deps,
  log: Logger,
  {
    workflows,
    providers,
    onError,
  }: RoleOptions & Readonly<{ workflows: boolean; providers: readonly string[] }>,
): Starting {
  installRuntime(log);
  let bundle: Awaited<ReturnType<typeof bundleWorkflows>> | undefined;
  const connect = async () => {
    if (workflows) bundle ??= await bundleWorkflows();
    const { connection, namespace } = await temporalWorkerConnection(temporal);
    const workers = await startWorkers({
      connection,
      namespace,
      activities: createActivities(deps),
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
export function startSweeper(deps: Deps, log: Logger, everySeconds: number): Starting {
  let stopped = false;
  let wake = (): void => undefined;
  const running = (async () => {
    while (!stopped) {
      const next = performance.now() + everySeconds * 1000;
      try {
        const { lapsed, failed, revoked, failedRevocations } = await sweep(deps);
        if (lapsed.length + failed.length + revoked.length > 0)
          log.warn({ lapsed, failed, revoked }, 'swept');
        for (const each of failedRevocations) log.error(each, 'still owed; trying again within a minute');
      } catch (error) {
        log.error({ error: messageOf(error) }, 'the sweep did not finish; trying again');
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(next - performance.now(), 1));
        wake = () => (clearTimeout(timer), resolve());
        if (stopped) wake();
      });
    }
  })();
  return {
    ready: Promise.resolve(),
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

let installed = false;
/** Temporal's runtime accepts this once per process, before any connection. */
function installRuntime(log: Logger): void {
  if (installed) return;
  installed = true;
  const temporal = log.child({ part: 'temporal' });
  const nothing = () => undefined;
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: (level, message) => temporal.debug({ level }, message),
      trace: nothing,
      debug: nothing,
      info: (message) => temporal.debug(message),
      warn: (message, meta) => temporal.warn(meta ?? {}, message),
      error: (message, meta) => temporal.error(meta ?? {}, message),
    },
  });
}
