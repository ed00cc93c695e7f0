import { type Connections, publishConnections, unpublishConnections } from '../../app/connections.ts';
import { openLog } from '../../app/log.ts';
import { startGateway, startSweeper, startWorker } from '../../app/roles.ts';
import type { Settings } from '../../app/settings/settings.ts';
import type { Running } from '../../app/supervise.ts';
import { wire } from '../../app/wiring.ts';
import { migrate } from '../../ledger/migrate.ts';
import { openHome } from '../launch/home.ts';
import { type Embedded, type Progress, startEmbedded } from './embedded.ts';
import { type Keys, keysIn } from './keys.ts';
import { providerDepsWithSandbox } from './provider-deps.ts';
import { quickstartFor } from './quickstart.ts';
import { readyScreen } from './screen.ts';
import { startDemoSlack } from './slack.ts';

/** Runs Curfew in this process, and starts every service that the settings do not name. */
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

    const slack = await startDemoSlack(settings, keys, embedded);
    if (slack.stop) stops.push(slack.stop);
    const connections = connectionsOf(settings, keys, embedded, slack.slack);
    const migrated = progress.begin('Ledger');
    const applied = await migrate(connections.migrationUrl);
    migrated(
      applied.length > 0
        ? `${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'} applied`
        : 'up to date',
    );

    const deps = wire(connections);
    stops.push(() => deps.ledger.close());
    const started = progress.begin('Curfew');
    const sweeper = startSweeper(deps, log, settings.sweepSeconds);
    stops.push(() => sweeper.stop());
    const onError = progress.note;
    const providers = [...deps.providers.keys()];
    const worker = startWorker(connections, deps, log, { workflows: true, providers, onError });
    stops.push(() => worker.stop());
    const gateway = startGateway(connections, deps, log, { onError });
    stops.push(() => gateway.stop());
    await Promise.all([worker.ready, gateway.ready]);
    started('gateway, worker, sweeper');
    publishConnections(settings.home, connections);
    stops.push(() => unpublishConnections(settings.home));
    return {
      stop,
      screen: readyScreen({ settings, embedded, page: slack.page, policy: await deps.policy.current() }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What Curfew connects to: the real service where the settings name one, else the one started here. */
export function connectionsOf(
  settings: Settings,
  keys: Keys,
  embedded: Pick<Embedded, 'database' | 'temporal' | 'aws' | 'github' | 'orders'>,
  slack: Connections['slack'],
): Connections {
  const { database, temporal, secretKey } = settings;
  const providers = providerDepsWithSandbox(settings, embedded);
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
