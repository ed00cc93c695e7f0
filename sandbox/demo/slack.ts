import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Connections } from '../../app/connections.ts';
import type { Settings } from '../../app/settings/settings.ts';
import { onFreePort } from '../launch/ports.ts';
import { pageRoutes } from '../slack/page/routes.tsx';
import { startSlack } from '../slack/server.ts';
import { iamAt } from '../world/aws.ts';
import { CHANNELS } from '../world/company.ts';
import { lanternReaders } from '../world/lantern.ts';
import { watchVendors } from '../world/vendor-watcher.ts';
import type { Embedded } from './embedded.ts';
import type { Keys } from './keys.ts';
import { keptPort } from './page-port.ts';

/** How to connect to Slack. `page` is the address of the sandbox's page; a real workspace has neither that nor `stop`. */
export type DemoSlack = Readonly<{ slack: Connections['slack']; page?: string; stop?: () => Promise<void> }>;

/** The real workspace when the settings name one, else the sandbox's, which is started here. */
export async function startDemoSlack(settings: Settings, keys: Keys, embedded: Embedded): Promise<DemoSlack> {
  const { slack: given, home } = settings;
  if (given.kind === 'slack') {
    const { botToken, appToken, channel, apiUrl } = given;
    return { slack: { botToken, appToken, channel, ...(apiUrl === undefined ? {} : { apiUrl }) } };
  }
  mkdirSync(join(home, 'sandbox'), { recursive: true });
  const world = watchVendors(
    lanternReaders({
      ...(embedded.orders ? { postgresUrl: embedded.orders.readerUrl } : {}),
      ...(embedded.aws && 'url' in embedded.aws ? { iam: iamAt(embedded.aws.url) } : {}),
      ...(embedded.github
        ? { github: { hub: embedded.github.github, teams: ['orders-oncall'], repositories: ['infra'] } }
        : {}),
    }),
  );
  const botToken = `xoxb-${keys.slackBot}`;
  const appToken = `xapp-${keys.slackApp}`;
  const server = await onFreePort('The sandbox page', keptPort(home, settings.port), (port) =>
    startSlack({
      port,
      stateFile: join(home, 'sandbox', 'slack.jsonl'),
      botToken,
      appToken,
      routes: (app, workspace) => void app.route('/', pageRoutes({ workspace, world })),
    }),
  );
  keptPort.keep(home, server.url);
  const [channel] = CHANNELS;
  return {
    slack: { botToken, appToken, channel: channel.id, apiUrl: server.apiUrl },
    page: server.url,
    async stop() {
      world.stop();
      await server.stop();
    },
  };
}
