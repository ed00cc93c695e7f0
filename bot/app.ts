import bolt from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { listenForEntitlementSearch, listenForRequestForm } from './inbound/request-form.ts';
import { listenForMessageShortcut, listenForOpenRequests } from './inbound/open-request-buttons.ts';
import { listenForAllPermissions, listenForAnswers } from './inbound/answer-buttons.ts';
import { listenForEndAll } from './inbound/end-all.ts';
import { listenForExtensionForm } from './inbound/extension-form.ts';
import { listenForAnswerForms } from './inbound/answer-forms.ts';
import { listenForPasswordButton } from './inbound/password-button.ts';
import { listenForAccessCommand } from './inbound/access-command.ts';
import { boltLogger, CLIENT_OPTIONS, type Log, PACED_CLIENT_OPTIONS, followCalls } from './bolt-options.ts';
import { type BotDeps, callerOf, requestOf } from './deps.ts';
import { accountReader, installationOf, sharedReader } from './inbound/account-facts.ts';
import { OverLimit } from '../core/person-limits.ts';
import { messageOf } from '../core/faults.ts';
import { startAccountChecks } from '../inbox/account-checks.ts';
import type { Ledger } from '../ledger/index.ts';
import { openInbox } from './inbound/slack-inbox.ts';
import { listenForDirectMessages } from './inbound/direct-message.ts';
import { listenForHomeTab } from './inbound/home-tab.ts';
import { listenForFindings } from './inbound/finding-buttons.ts';
import { listenForMessagePreferences } from './inbound/message-preferences.ts';
import { openMessenger } from './courier/messenger.ts';
import { startOutbox } from './courier/outbox.ts';
import { openPace, type Pace, reportedPace, UNPACED } from './courier/pace.ts';
import { pacedFetch } from './courier/paced-calls.ts';
import { openSilence } from './courier/silence.ts';
import { phraseMessage } from './cards/rendered-message.ts';
import { internalErrorPhrase } from '../wording/refusals.ts';

const STOP_TIMEOUT_MS = 5_000;

export type BotOptions = Readonly<{
  token: string;
  appToken: string;
  /** The address of another Web API than Slack's, for the sandbox. */
  apiUrl?: string;
  /** Keeps the calls within Slack's limits. The default is Slack's own limits at Slack, and none at another address. */
  pace?: Pace;
  /** Gets each message of Bolt, with Bolt's level. */
  log: Log;
  deps: Omit<BotDeps, 'inbox' | 'readAccount' | 'warn' | 'silence'> &
    Readonly<{
      /** The ledger with the rights of the courier. */
      courierLedger: Ledger;
    }>;
}>;

/** `failed` rejects when Slack refuses to reconnect, because a token was revoked or the app was removed. */
export type Bot = Readonly<{
  failed: Promise<never>;
  stop(): Promise<void>;
}>;

/** Connects to Slack over Socket Mode and starts to listen. Throws when Slack does not accept the tokens. */
export async function startBot({
  token,
  appToken,
  apiUrl,
  pace: unreported = apiUrl === undefined ? openPace() : UNPACED,
  log,
  deps: given,
}: BotOptions): Promise<Bot> {
  const pace = reportedPace(unreported, (message) => log('warn', message));
  const slackApiUrl = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
  const logger = boltLogger(log);
  const receiver = new bolt.SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false, // see `keepConnected`
    installerOptions: { clientOptions: { ...slackApiUrl } }, // a copy, because Bolt writes its own retries into it
  });
  const app = new bolt.App({
    token,
    logger,
    receiver,
    extendedErrorHandler: true,
    deferInitialization: true, // else the constructor calls Slack, and nothing handles a failure of that call
    clientOptions: { ...PACED_CLIENT_OPTIONS, fetch: pacedFetch(pace), ...slackApiUrl },
  });
  /** The caller waits for the turn of each call. */
  const client = new WebClient(token, { ...CLIENT_OPTIONS, ...slackApiUrl, logger });
  const installation = installationOf(await app.client.auth.test());
  await app.init();
  const warn: BotDeps['warn'] = (message, about) => log('warn', message, about);
  const deps: BotDeps = {
    ...given,
    warn,
    silence: openSilence(() => pace.pausedFor('chat.postMessage')),
    readAccount: sharedReader(accountReader(client, installation, warn), () =>
      pace.take({ method: 'users.info', isUrgent: true, mayWait: true }),
    ),
    inbox: openInbox({ ledger: given.ledger, policy: given.policy, team: installation.team }),
  };
  const calls = followCalls();
  app.use(calls.middleware);
  listenForAccessCommand(app, deps);
  listenForRequestForm(app, deps);
  listenForEntitlementSearch(app, deps);
  listenForOpenRequests(app, deps);
  listenForMessageShortcut(app, deps);
  listenForAnswers(app, deps);
  listenForAllPermissions(app, deps);
  listenForExtensionForm(app, deps);
  listenForAnswerForms(app, deps);
  listenForPasswordButton(app, deps);
  listenForEndAll(app, deps);
  listenForHomeTab(app, deps);
  listenForMessagePreferences(app, deps);
  listenForDirectMessages(app, deps);
  listenForFindings(app, deps);
  const messenger = openMessenger(given.ledger, client, deps.warn, pace)();
  app.error(async ({ error: caught, body }: { error: Error; body: object }) => {
    const error = caught instanceof bolt.UnknownError ? caught.original : caught; // Bolt wraps an error that has no code
    if (error instanceof OverLimit && !error.isFirst) return; // They were told, and the attempts are counted.
    const request = requestOf(body);
    log(
      error instanceof OverLimit ? 'warn' : 'error',
      `a click was not handled: ${error.message}`,
      request && { request },
    );
    const { user, channel } = callerOf(body);
    // An event, or a search while somebody types: nobody waits for an answer.
    if (user === '' || ('type' in body && body.type === 'block_suggestion')) return;
    const message = phraseMessage([internalErrorPhrase(error)]);
    await messenger.postPrivately(user, channel, message).catch(() => undefined); // Slack may be down too
  });

  await app.start();
  const connection = keepConnected(receiver);
  const outbox = startOutbox({ ...deps, ledger: given.courierLedger }, client, pace);
  const accountChecks = startAccountChecks({
    ...deps,
    onRetry: ({ id, kind, request }, error) =>
      warn(`${id} (${kind}) waits for Slack: ${messageOf(error)}`, { request }),
    onError: (error) => log('error', `the clicks that wait for Slack cannot be read: ${messageOf(error)}`),
  });
  return {
    failed: connection.failed,
    async stop() {
      connection.release();
      await Promise.race([calls.handled(), stopTimeout()]);
      pace.stop();
      await Promise.all([Promise.race([app.stop(), stopTimeout()]), outbox.stop(), accountChecks.stop()]);
    },
  };
}

/**
 * Opens the socket again when Slack closes it, which Slack does routinely. Bolt's own reconnect leaves a refusal
 * unhandled. That would end the process, and the process also revokes access on time.
 */
function keepConnected({ client }: InstanceType<typeof bolt.SocketModeReceiver>) {
  let wanted = true;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined); // no unhandled rejection when nobody waits for it
  client.on('disconnected', () => {
    if (!wanted) return;
    client.start().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : 'the connection was closed again immediately';
      fail(new Error(`Slack refuses to reconnect: ${why}`));
    });
  });
  return { failed, release: () => void (wanted = false) };
}

/** Bolt's stop waits for a reconnect that is running. While Slack is down that can take forever. */
const stopTimeout = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS).unref());
