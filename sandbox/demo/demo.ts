import { publishConnections, unpublishConnections } from '../../app/connections.ts';
import { startConsole } from '../../app/console.ts';
import { openLog } from '../../app/log.ts';
import { startGateway } from '../../app/gateway.ts';
import { startSequencer } from '../../app/sequencer.ts';
import { startSweeper } from '../../app/sweeper.ts';
import { startAnswers, startProvider, startWorkflows } from '../../app/worker.ts';
import type { DemoSettings } from '../../app/settings/settings.ts';
import { type Running, supervise } from '../../app/supervise.ts';
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
    const { home: folder } = settings;
    const auditLog = logOf(folder, keys);
    const consoleUrl = signIn.console.url;
    const starts: readonly (readonly [part: string, start: () => Promise<Running>])[] = [
      ['sweeper', async () => startSweeper(deps, log, settings.sweepSeconds)],
      ['sequencer', () => startSequencer(deps, log, auditLog, { home: folder })],
      ...[...deps.providers.keys()].map(
        (name) => [`provider ${name}`, () => startProvider(connections, deps, log, name)] as const,
      ),
      ['answers', async () => startAnswers(deps, log)],
      ['workflows', () => startWorkflows(connections, deps, log)],
      ['Slack', () => startGateway(connections, deps, log, { consoleUrl })],
      ['console', () => startConsole(deps, log, consoleOf(signIn), auditLog)],
    ];
    const parts = starts.map(([part, start]) => supervise(part, log, start, { onError: progress.note }));
    stops.push(async () => void (await Promise.all(parts.map((part) => part.stop()))));
    await Promise.all(parts.map(({ ready }) => ready));
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
