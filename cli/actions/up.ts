import { roleConnections } from '../../app/settings/connections-from-settings.ts';
import type { Starting } from '../../app/supervise.ts';
import { formatProblem, type Policy } from '../../policy/index.ts';
import { loadSettings } from '../terminal/context.ts';
import { CommandError, fail } from '../terminal/exit.ts';
import { goOnWhenNobodyReads } from '../terminal/pipe.ts';
import { partsOf, type Role, usesOf } from '../terminal/role-option.ts';
import { untilStopped } from '../terminal/signals.ts';

/** `curfew up` */
export async function runUp(roles: readonly Role[]): Promise<void> {
  const settings = loadSettings();
  const connections = roleConnections(settings, usesOf(roles));
  if (!connections.ok)
    throw new CommandError(
      'usage',
      `"curfew up" uses real services, and these settings are missing: ${connections.error.join(', ')}.\n  to do: set them (.env.example lists them all), or run "curfew demo", which starts its own services.`,
    );
  const {
    wire,
    openLog,
    checkLogin,
    dutiesOf,
    undoKeysProblem,
    manifestProblem,
    logProblem,
    consoleProblem,
    NO_LOG,
    onlyCurfewEnds,
  } = await loadStartup();
  goOnWhenNobodyReads();
  const { databaseUrl, temporal, slack } = connections.value;
  const stopping = new AbortController();
  const stopped = untilStopped().then(() => stopping.abort());
  const log = openLog(settings.logLevel);
  const { undoKeys, mostLeavers, removalCap } = settings;
  const deps = wire(connections.value, { split: roles.length > 0, undoKeys, mostLeavers, removalCap });
  const parts = partsOf(roles, [...deps.providers.keys()]);
  const { gateway, workflows, sweeper, sequencer, streamer, providers } = parts;
  const pages = parts.console ? settings.console : undefined;
  for (const name of providers)
    if (!deps.providers.has(name))
      throw new CommandError('usage', `The provider "${name}" is not configured.`);
  const keysProblem = undoKeysProblem(undoKeys, parts);
  if (keysProblem !== undefined) throw new CommandError('usage', keysProblem);
  const { where: place, key } = settings.manifest ?? {};
  const problem = manifestProblem({ place, key }, parts);
  if (problem !== undefined) throw new CommandError('usage', problem);
  const { log: auditLog } = connections.value;
  const problemOfLog = logProblem(auditLog, parts, {
    isSplit: roles.length > 0,
    stream: settings.stream,
  });
  if (problemOfLog !== undefined) throw new CommandError('usage', problemOfLog);
  const problemOfConsole = consoleProblem(settings.console, parts, roles.length > 0);
  if (problemOfConsole !== undefined) throw new CommandError('usage', problemOfConsole);
  await refuseExamples(deps.policy);
  if (!auditLog && providers.length > 0) log.error({}, NO_LOG);
  if (!deps.manifest) {
    const needing = await onlyCurfewEnds(
      deps.policy,
      new Map([...deps.providers].filter(([name]) => providers.includes(name))),
    );
    if (needing.length > 0)
      log.error(
        { needing },
        'CURFEW_MANIFEST is not set, and what only Curfew ends is not granted without it',
      );
  }
  // It starts also while the ledger is unavailable, and stops when the ledger refuses its login later.
  await new Promise<void>((start, refuse) => {
    let isStarted = false;
    const go = () => ((isStarted = true), start());
    checkLogin({
      url: databaseUrl,
      duties: dutiesOf({ ...parts, console: pages !== undefined }),
      signal: stopping.signal,
      onUnavailable: ({ message }) => (go(), log.warn({ error: message }, 'the login is not checked yet')),
      onExcess: ({ name, excess }) => {
        // One process for everything shares its login with the command line.
        const unused = roles.length === 0 ? excess.filter((role) => role !== 'cli') : excess;
        if (unused.length > 0)
          log.warn({ login: name, excess: unused }, 'the login may do more than this process needs');
      },
    }).then(go, (error: unknown) => (isStarted ? fail(error) : refuse(error)));
  });

  const running: Starting[] = [];
  if (sweeper) {
    const { startSweeper } = await import('../../app/sweeper.ts');
    running.push(startSweeper(deps, log, settings.sweepSeconds, settings.looks));
  }
  if (sequencer && auditLog && auditLog.keys.length > 0) {
    const { startSequencer } = await import('../../app/sequencer.ts');
    running.push(startSequencer(deps, log, auditLog, { home: settings.home, slack: settings.slack }));
  }
  if (streamer && auditLog && settings.stream) {
    const { startStreamer } = await import('../../app/streamer.ts');
    running.push(startStreamer(deps, log, auditLog, settings.stream));
  }
  if (pages) {
    const { startConsole } = await import('../../app/console.ts');
    running.push(startConsole(deps, log, pages, auditLog));
  }
  if (temporal && (workflows || providers.length > 0)) {
    const { startWorker } = await import('../../app/worker.ts');
    running.push(startWorker({ temporal }, deps, log, { workflows, providers }));
  }
  if (slack && gateway) {
    const { startGateway } = await import('../../app/gateway.ts');
    running.push(startGateway({ slack }, deps, log, { consoleUrl: settings.consoleUrl }));
  }
  void Promise.all(running.map(({ ready }) => ready)).then(() =>
    log.info({ roles: roles.length === 0 ? 'all' : roles, providers }, 'running'),
  );
  await stopped;
  for (const each of running.reverse()) await each.stop();
  await deps.ledgers.close();
  log.info('stopped');
  process.exit(0);
}

/** Throws when people.yaml has accounts of the example company. Outside of the sandbox they belong to nobody, or to a stranger. */
async function refuseExamples(policy: Pick<Policy, 'current'>): Promise<void> {
  const read = await policy.current();
  const examples = read.ok ? [] : read.error.filter(({ kind }) => kind === 'example');
  if (examples.length > 0)
    throw new CommandError(
      'usage',
      ['"curfew up" does not start with the people of the example:', ...examples.map(formatProblem)].join(
        '\n  ',
      ),
    );
}

/** Every other command starts without these, and a process loads only the roles that it runs. */
const loadStartup = async () => ({
  ...(await import('../../app/wiring.ts')),
  ...(await import('../../app/log.ts')),
  ...(await import('../../app/login-check.ts')),
  ...(await import('../../app/undo-keys.ts')),
  ...(await import('../../app/manifest.ts')),
  ...(await import('../../app/log-problem.ts')),
  ...(await import('../../app/console-problem.ts')),
});
