import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../../ledger/migrate.ts';
import { iamAt } from '../world/aws.ts';
import { lanternReaders } from '../world/lantern.ts';
import { createWorld } from '../world/world.ts';
import { CHANNELS } from '../world/company.ts';
import { pageRoutes } from '../slack/page/routes.tsx';
import { startSlack } from '../slack/server.ts';
import { type Embedded, type Progress, startEmbedded } from './embedded.ts';
import { type Keys, keysIn } from '../../app/keys.ts';
import { openHome } from '../launch/home.ts';
import { onFreePort } from '../launch/ports.ts';
import { openLog } from '../../app/log.ts';
import { type Connections, publishConnections, withdrawConnections } from '../../app/connections.ts';
import { keptPort } from './page-port.ts';
import { providerDeps } from '../../app/provider-deps.ts';
import { quickstartFor } from './quickstart.ts';
import type { Running } from '../../app/supervise.ts';
import { startGateway, startSweeper, startWorker } from '../../app/roles.ts';
import { readyScreen } from './screen.ts';
import type { Settings } from '../../app/settings/settings.ts';
import { wire } from '../../app/wiring.ts';

/** Everything in one process, with a part of our own wherever the settings name no real one. */
export async function startDemo(
  settings: Settings,
  progress: Progress,
): Promise<Running & { screen: string }> {
  const home = openHome(settings.home);
  const stops: (() => Promise<void> | void)[] = [() => home.release()];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const log = openLog(settings.logLevel, settings.home);
    const keys = keysIn(settings.home);
    const embedded = await startEmbedded(settings, keys, progress);
    stops.push(() => embedded.stop());

    const slack = await slackOf(settings, keys, embedded);
    if (slack.stop) stops.push(slack.stop);
    const parts = partsOf(settings, keys, embedded, slack.slack);
    const migrated = progress.begin('Ledger');
    const applied = await migrate(parts.migrationUrl);
    migrated(applied.length > 0 ? `${applied.length} migrations applied` : 'up to date');

    const deps = wire(parts);
    stops.push(() => deps.ledger.close());
    const started = progress.begin('Curfew');
    const sweeper = startSweeper(deps, log, settings.sweepSeconds);
    stops.push(() => sweeper.stop());
    const providers = [...deps.providers.keys()];
    const worker = startWorker(parts, deps, log, { workflows: true, providers }, progress.note);
    stops.push(() => worker.stop());
    const gateway = startGateway(parts, deps, log, progress.note);
    stops.push(() => gateway.stop());
    await Promise.all([worker.ready, gateway.ready]);
    started('gateway, worker, sweeper');
    publishConnections(settings.home, parts);
    stops.push(() => withdrawConnections(settings.home));
    return {
      stop,
      screen: readyScreen({ settings, embedded, page: slack.page, policy: await deps.policy.current() }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type SlackPart = Readonly<{ slack: Connections['slack']; page?: string; stop?: () => Promise<void> }>;

/** The real workspace, or the sandbox's with its page. */
async function slackOf(settings: Settings, keys: Keys, embedded: Embedded): Promise<SlackPart> {
  const { slack: given, home } = settings;
  if (given.kind === 'slack') {
    const { botToken, appToken, channel, apiUrl } = given;
    return { slack: { botToken, appToken, channel, ...(apiUrl === undefined ? {} : { apiUrl }) } };
  }
  mkdirSync(join(home, 'sandbox'), { recursive: true });
  const world = createWorld(
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

function partsOf(
  settings: Settings,
  keys: Keys,
  embedded: Embedded,
  slack: Connections['slack'],
): Connections {
  const { database, temporal, secretKey } = settings;
  const providers = providerDeps(settings, embedded);
  const ledger = database.kind === 'given' ? database : embedded.database;
  return {
    databaseUrl: ledger?.url ?? '',
    migrationUrl: ledger?.migrationUrl ?? '',
    temporal:
      temporal.kind === 'given' ? temporal.env : { TEMPORAL_ADDRESS: embedded.temporal?.address ?? '' },
    slack,
    providers,
    config: settings.config ?? quickstartFor(settings.home, providers),
    sealingKey: secretKey ? Buffer.from(secretKey).toString('base64url') : keys.sealing,
    sandbox: settings.slack.kind === 'sandbox',
  };
}
