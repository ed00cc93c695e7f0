import bolt from '@slack/bolt';
import { requestForm } from './listeners/request-form.ts';
import { answerActions } from './listeners/answer-buttons.ts';
import { deliverAction } from './listeners/password-button.ts';
import { accessCommand } from './listeners/access-command.ts';
import { startCourier } from './courier.ts';
import { type BotDeps, callerOf } from './deps.ts';
import { accountCheck } from './account-check.ts';
import { openInbox } from './slack-inbox.ts';
import { homeTab } from './listeners/home-tab.ts';
import { messenger } from './messenger.ts';
import { internalErrorText } from '../wording/refusals.ts';

const STOP_MS = 5_000;

export type BotOptions = Readonly<{
  token: string;
  appToken: string;
  /** Another Web API than Slack's own, for a workspace of one's own on this machine. */
  apiUrl?: string;
  /** Told what Bolt has to say; `level` is Bolt's. */
  log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
  deps: Omit<BotDeps, 'inbox' | 'checkAccount' | 'warn'>;
}>;

/** `failed` rejects when Slack does not take the connection back: a token was revoked, the app removed. */
export type Bot = Readonly<{
  checkAccount: BotDeps['checkAccount'];
  failed: Promise<never>;
  stop(): Promise<void>;
}>;

/** Connects to Slack over Socket Mode and answers people. Throws when Slack does not take the tokens. */
export async function startBot({ token, appToken, apiUrl, log, deps: given }: BotOptions): Promise<Bot> {
  const slackApiUrl = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
  const logger = loggerOf(log);
  const receiver = new bolt.SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false, // see `keepConnected`
    installerOptions: { clientOptions: slackApiUrl },
  });
  const app = new bolt.App({
    token,
    logger,
    receiver,
    extendedErrorHandler: true,
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
    checkAccount: accountCheck(app.client, team),
    inbox: openInbox({ ledger: given.ledger, policy: given.policy, team }),
  };
  accessCommand(app, deps);
  requestForm(app, deps);
  answerActions(app, deps);
  deliverAction(app, deps);
  homeTab(app, deps);
  const post = messenger(given.ledger, app.client, deps.warn);
  app.error(async ({ error, body }: { error: Error; body: object }) => {
    log('error', `a click was not handled: ${error.message}`);
    const { user, channel } = callerOf(body);
    // An event, or a search as somebody types: nobody waits to be heard.
    if (user === '' || ('type' in body && body.type === 'block_suggestion')) return;
    await post.postPrivately(user, channel, internalErrorText(error)).catch(() => undefined); // Slack is away too
  });

  await app.start();
  const connection = keepConnected(receiver);
  const courier = startCourier(deps, app.client);
  return {
    checkAccount: deps.checkAccount,
    failed: connection.failed,
    async stop() {
      connection.release();
      await Promise.all([Promise.race([app.stop(), stopTimeout()]), courier.stop()]);
    },
  };
}

/**
 * Opens the socket again when Slack closes it, as it does routinely. Bolt's own reconnect leaves a refusal
 * unhandled, which would end the process, and with it what ends access on time.
 */
function keepConnected({ client }: InstanceType<typeof bolt.SocketModeReceiver>) {
  let wanted = true;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined); // whoever wants to know asks
  client.on('disconnected', () => {
    if (!wanted) return;
    client.start().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : 'it was closed again at once';
      fail(new Error(`Slack does not take the connection back: ${why}`));
    });
  });
  return { failed, release: () => void (wanted = false) };
}

/** Bolt's stop waits for a reconnect that is under way: as long as Slack is away, which may be for ever. */
const stopTimeout = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());

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
