/** Starts a workspace, and creates Slack's clients and Bolt apps for it. */
import { App, LogLevel, SocketModeReceiver, type Logger } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { startSlack, type SlackServer, type SlackOptions } from '../../slack/server.ts';

export const TOKENS = { botToken: 'xoxb-sandbox', appToken: 'xapp-sandbox' } as const;
export const [ANA, BO, GIL, ZOE, DAN] = [
  'U0ANAFERR1',
  'U0BOLIND01',
  'U0GILGUEST',
  'U0ZOESTRNG',
  'U0DANGONE1',
];
export const ACCESS = 'C0ACCESS01';

export const start = (more: Partial<SlackOptions> = {}): Promise<SlackServer> =>
  startSlack({ ...TOKENS, ...more });

const quiet = () => undefined;
const silence: Logger = {
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  setLevel: quiet,
  getLevel: () => LogLevel.ERROR,
  setName: quiet,
};

/** Slack's own client without retries and logs. */
export const clientFor = (apiUrl: string, more: WebClientOptions = {}): WebClient =>
  new WebClient(TOKENS.botToken, {
    slackApiUrl: apiUrl,
    logger: silence,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
    ...more,
  });

/** A Bolt app as Curfew creates it. Only the address differs from the real Slack. */
export const boltFor = (slack: SlackServer): App =>
  new App({
    token: TOKENS.botToken,
    appToken: TOKENS.appToken,
    socketMode: true,
    logger: silence,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });

/**
 * A Bolt app that reconnects sooner. After a lost connection Bolt waits for its ping timeout, which is 5 s by
 * default. With a much shorter timeout than this one, a busy machine can miss a pong and lose the connection
 * while starting.
 */
export const eagerBoltFor = (slack: SlackServer): App =>
  new App({
    token: TOKENS.botToken,
    logger: silence,
    clientOptions: { slackApiUrl: slack.apiUrl },
    receiver: new SocketModeReceiver({
      appToken: TOKENS.appToken,
      logger: silence,
      clientPingTimeout: 1500,
      installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
    }),
  });

export const plain = (text: string) => ({ type: 'plain_text', text }) as const;
export const section = (text: string) => ({ type: 'section', text: plain(text) }) as const;
export const button = (action_id: string, value = '') =>
  ({ type: 'button', action_id, text: plain(action_id), value: value || action_id }) as const;
export const actions = (...elements: readonly ReturnType<typeof button>[]) => ({
  type: 'actions' as const,
  block_id: 'buttons',
  elements: [...elements],
});

/** Calls the Web API without a client and returns the response body. */
export async function call(
  slack: SlackServer,
  method: string,
  args: Readonly<Record<string, unknown>> = {},
  token: string | undefined = TOKENS.botToken,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}
