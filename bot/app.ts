import bolt from '@slack/bolt';
import { askActions } from './actions/ask.ts';
import { answerActions } from './actions/answer.ts';
import { deliverAction } from './actions/deliver.ts';
import { accessCommand } from './commands/access.ts';
import { startCourier } from './courier.ts';
import type { BotDeps } from './deps.ts';
import { openDoor, vetting } from './door.ts';
import { homeTab } from './home.ts';

const STOP_MS = 5_000;

export type BotOptions = Readonly<{
  token: string;
  appToken: string;
  /** Another Web API than Slack's own, for a workspace of one's own on this machine. */
  apiUrl?: string;
  /** Told what Bolt has to say; `level` is Bolt's. */
  log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
  deps: Omit<BotDeps, 'door' | 'vet' | 'warn'>;
}>;

export type Bot = Readonly<{ vet: BotDeps['vet']; stop(): Promise<void> }>;

/** Connects to Slack over Socket Mode and answers people. Throws when Slack does not take the tokens. */
export async function startBot({ token, appToken, apiUrl, log, deps: given }: BotOptions): Promise<Bot> {
  const slackApiUrl = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
  const logger = loggerOf(log);
  const app = new bolt.App({
    token,
    logger,
    // The socket keeps Slack's own retries: without them a reconnect while Slack is down ends the process.
    receiver: new bolt.SocketModeReceiver({
      appToken,
      logger,
      installerOptions: { clientOptions: slackApiUrl },
    }),
    // Calls do not: the outbox tries again by itself, and one that waits would only hold it up.
    clientOptions: {
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
      ...slackApiUrl,
    },
  });
  const { team_id: team = '' } = await app.client.auth.test();
  const deps: BotDeps = {
    ...given,
    warn: (message) => log('warn', message),
    vet: vetting(app.client, team),
    door: openDoor({ ledger: given.ledger, policy: given.policy, team }),
  };
  accessCommand(app, deps);
  askActions(app, deps);
  answerActions(app, deps);
  deliverAction(app, deps);
  homeTab(app, deps);
  app.error(async ({ message }) => log('error', `a click was not handled: ${message}`));

  await app.start();
  const courier = startCourier(deps, app.client);
  return {
    vet: deps.vet,
    async stop() {
      await Promise.all([Promise.race([app.stop(), patience()]), courier.stop()]);
    },
  };
}

/** Bolt's stop waits for a reconnect that is under way: as long as Slack is away, which may be for ever. */
const patience = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());

function loggerOf(log: BotOptions['log']) {
  let level = bolt.LogLevel.INFO;
  const at =
    (which: Parameters<BotOptions['log']>[0]) =>
    (...parts: unknown[]) =>
      log(which, parts.map(String).join(' '));
  return {
    debug: () => undefined,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel: (next: typeof level) => void (level = next),
    getLevel: () => level,
    setName: () => undefined,
  };
}
