import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoSettings } from '../../app/settings/settings.ts';
import { onFreePort } from '../launch/ports.ts';
import { pageRoutes } from '../slack/page/routes.tsx';
import { startSlack } from '../slack/server.ts';
import { iamAt } from '../world/aws.ts';
import { CHANNELS } from '../world/company.ts';
import { lanternReaders } from '../world/lantern.ts';
import { watchVendors } from '../world/vendor-watcher.ts';
import type { EmbeddedServices } from './embedded.ts';
import type { Keys } from './keys.ts';
import { keepPort, keptPort } from './kept-port.ts';

/** The sandbox's Slack: how to connect to it, and the address of its page. */
export type DemoSlack = Readonly<{
  slack: Readonly<{ botToken: string; appToken: string; channel: string; apiUrl: string }>;
  page: string;
  stop(): Promise<void>;
}>;

/** Starts the sandbox's Slack with its page, which also shows what the vendors of the sandbox show. */
export async function startDemoSlack(
  { home, port: given }: Pick<DemoSettings, 'home' | 'port'>,
  keys: Keys,
  { orders, aws, github }: EmbeddedServices,
  consoleUrl: string,
): Promise<DemoSlack> {
  mkdirSync(join(home, 'sandbox'), { recursive: true });
  const world = watchVendors(
    lanternReaders({
      postgresUrl: orders.readerUrl,
      ...('url' in aws ? { iam: iamAt(aws.url) } : {}),
      github: { hub: github.github, teams: ['orders-oncall'], repositories: ['infra'] },
    }),
  );
  const botToken = `xoxb-${keys.slackBot}`;
  const appToken = `xapp-${keys.slackApp}`;
  const server = await onFreePort('The sandbox page', keptPort(home, 'page', given), (port) =>
    startSlack({
      port,
      stateFile: join(home, 'sandbox', 'slack.jsonl'),
      botToken,
      appToken,
      routes: (app, workspace) => void app.route('/', pageRoutes({ workspace, world, consoleUrl })),
    }),
  );
  keepPort(home, 'page', Number(new URL(server.url).port));
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
