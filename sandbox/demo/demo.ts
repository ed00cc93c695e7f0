import { publishConnections, unpublishConnections } from '../../app/connections.ts';
import { startConsole } from '../../app/console.ts';
import { openLog } from '../../app/log.ts';
import { startGateway } from '../../app/gateway.ts';
import { startSequencer } from '../../app/sequencer.ts';
import { startSweeper } from '../../app/sweeper.ts';
import { startWorker } from '../../app/worker.ts';
import type { DemoSettings } from '../../app/settings/settings.ts';
import type { Running } from '../../app/supervise.ts';
import { wire } from '../../app/wiring.ts';
import { migrate } from '../../ledger/migrate.ts';
import { openHome } from '../launch/home.ts';
import { connectionsOf } from './connections.ts';
import { type Progress, startEmbedded } from './embedded.ts';
import { keysIn, undoKeysOf } from './keys.ts';
import { letLoginAct } from './ledger-database.ts';
import { logOf, makeLogFolder } from './log.ts';
import { makeManifestFolder } from './manifest.ts';
import { startReaper } from './reaper.ts';
import { readyScreen } from './screen.ts';
import { consoleOf, startSignIn } from './sign-in.ts';
import { startDemoSlack } from './slack.ts';

/** Runs Curfew in this process on services that it starts. `ignored` are the names of the settings of real services. */
export async function startDemo(
  settings: DemoSettings,
  ignored: readonly string[],
  progress: Progress,
): Promise<Running & { screen: string }> {
  const home = openHome(settings.home);
  const stops: (() => Promise<void> | void)[] = [() => home.release()];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const log = openLog(settings.logLevel, settings.home);
    if (ignored.length > 0) log.warn({ ignored }, 'the demo ignores the settings of real services');
    const keys = keysIn(settings.home);
    makeManifestFolder(settings.home);
    makeLogFolder(settings.home);
    const embedded = await startEmbedded(settings, keys, progress);
    stops.push(() => embedded.stop());

    const signIn = await startSignIn(settings, keys, progress);
    stops.push(() => signIn.stop());
    const slack = await startDemoSlack(settings, keys, embedded, signIn.console.url);
    stops.push(slack.stop);
    const connections = connectionsOf({
      ...{ settings, keys, embedded, slack: slack.slack },
      consoleUrl: signIn.console.url,
    });
    const migrated = progress.begin('Ledger');
    const applied = await migrate(connections.migrationUrl);
    await letLoginAct(connections.migrationUrl);
    migrated(
      applied.length > 0
        ? `${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'} applied`
        : 'up to date',
    );

    const deps = wire(connections, { undoKeys: undoKeysOf(keys), mostLeavers: settings.mostLeavers });
    stops.push(() => deps.ledgers.close());
    const started = progress.begin('Curfew');
    const sweeper = startSweeper(deps, log, settings.sweepSeconds);
    stops.push(() => sweeper.stop());
    const sequencer = startSequencer(deps, log, logOf(settings.home, keys), { home: settings.home });
    stops.push(() => sequencer.stop());
    const onError = progress.note;
    const providers = [...deps.providers.keys()];
    const worker = startWorker(connections, deps, log, { workflows: true, providers, onError });
    stops.push(() => worker.stop());
    const gateway = startGateway(connections, deps, log, { onError, consoleUrl: signIn.console.url });
    stops.push(() => gateway.stop());
    const pages = startConsole(deps, log, consoleOf(signIn), logOf(settings.home, keys));
    stops.push(() => pages.stop());
    await Promise.all([worker.ready, gateway.ready, pages.ready]);
    started('gateway, worker, sweeper, sequencer, console');
    const reaper = await startReaper(settings.home, keys, embedded, progress);
    stops.push(() => reaper.stop());
    publishConnections(settings.home, connections);
    stops.push(() => unpublishConnections(settings.home));
    const policy = await deps.policy.current();
    return {
      stop,
      screen: readyScreen({
        ...{ home: settings.home, ignored, embedded, page: slack.page, policy },
        ...{ reaper: reaper.says, pages: signIn.console.url },
      }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
