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

/**
 * Slack's side: takes clicks in, carries them to their workflows, tells people. Clicks of the command line are
 * carried also while Slack is away.
 */
export function startGateway(
  parts: Pick<Connections, 'temporal' | 'slack'>,
  deps: Wired,
  log: Logger,
  onTrouble?: (words: string) => void,
): Starting {
  const { client, close } = temporalClient(parts.temporal);
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
      token: parts.slack.botToken,
      appToken: parts.slack.appToken,
      ...(parts.slack.apiUrl === undefined ? {} : { apiUrl: parts.slack.apiUrl }),
      log: (level, message) => log[level]({ part: 'slack' }, message),
      deps: {
        ...deps,
        providers: deps.words,
        openSecret: (sealed) => deps.sealer.open(sealed),
        channel: parts.slack.channel,
      },
    });
    return bot;
  };
  const connecting = supervise('Slack', log, connect, onTrouble);
  return {
    ready: connecting.ready,
    async stop() {
      await connecting.stop();
      await dispatcher.stop();
      await close();
    },
  };
}

/** Temporal's side. `serves` says which queues: the workflows' own and those of some providers. */
export function startWorker(
  parts: Pick<Connections, 'temporal'>,
  deps: Deps,
  log: Logger,
  serves: Readonly<{ workflows: boolean; providers: readonly string[] }>,
  onTrouble?: (words: string) => void,
): Starting {
  installRuntime(log);
  let bundle: Awaited<ReturnType<typeof bundleWorkflows>> | undefined;
  const connect = async () => {
    if (serves.workflows) bundle ??= await bundleWorkflows();
    const { connection, namespace } = await temporalWorkerConnection(parts.temporal);
    const workers = await startWorkers({
      connection,
      namespace,
      activities: createActivities(deps),
      providers: serves.providers,
      ...(bundle ? { bundle } : {}),
    }).catch(async (error: unknown) => {
      await connection.close().catch(() => undefined); // the trouble before it says more
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
  return supervise('Temporal', log, connect, onTrouble);
}

/** The third rung of expiry: the ledger and the providers, and no Temporal. */
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
/** Once per process, before any connection. */
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
