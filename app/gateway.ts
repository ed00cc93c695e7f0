import { startBot } from '../bot/app.ts';
import type { Connections } from './connections.ts';
import type { Logger } from './log.ts';
import type { RunningUntilFailure } from './supervise.ts';
import { depsAs, type ProcessDeps } from './wiring.ts';

/**
 * Connects to Slack, stores what people do there and what kind of account they have, and notifies people. It shows a
 * password when its delivery is recorded. It decides nothing.
 */
export const startGateway = (
  { slack }: Pick<Connections, 'slack'>,
  deps: ProcessDeps,
  log: Logger,
  { consoleUrl }: Readonly<{ consoleUrl?: string | undefined }> = {},
): Promise<RunningUntilFailure> =>
  startBot({
    token: slack.botToken,
    appToken: slack.appToken,
    ...(slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl }),
    log: (level, message, about) => log[level]({ part: 'slack', ...about }, message),
    deps: {
      ...depsAs(deps, 'gateway'),
      courierLedger: deps.ledgers.as('courier'),
      openSecret: (sealed, context) => deps.sealer.open(sealed, context),
      channel: slack.channel,
      consoleUrl,
    },
  });
