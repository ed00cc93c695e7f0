import type { Login } from '../../ledger/login.ts';
import { roleConnections } from '../../app/settings/connections-from-settings.ts';
import { readUsableSettings, type UsableSettings } from '../../app/settings/usable.ts';
import { formatProblem, type Policy } from '../../policy/index.ts';
import { CommandError, fail } from '../terminal/exit.ts';
import { noProvider } from '../terminal/known-names.ts';
import { goOnWhenNobodyReads } from '../terminal/pipe.ts';
import { partsOf, type Role, usesOf } from '../terminal/role-option.ts';
import { untilStopped } from '../terminal/signals.ts';

/** `curfew up` */
export async function runUp(roles: readonly Role[]): Promise<void> {
  const read = () => readUsableSettings(process.env);
  const usable = read();
  const { settings } = usable;
  const startup = await loadStartup();
  assertNoneOfEveryPart(startup.problemsOfEveryPart(usable));
  assertCoreIsSet(usable, usesOf(roles));
  goOnWhenNobodyReads();
  const stopping = new AbortController();
  const stopped = untilStopped().then(() => stopping.abort());
  const log = startup.openLog(settings.logLevel);
  const isSplit = roles.length > 0;
  const known = startup.providersIn(usable);
  const running = partsOf(roles, known);
  const unknown = running.providers.find((name) => !startup.PROVIDER_NAMES.includes(name));
  if (unknown !== undefined) throw new CommandError('usage', noProvider(unknown, startup.PROVIDER_NAMES));
  const misplaced = startup.misplacedSecret(settings, running);
  if (misplaced !== undefined) throw new CommandError('usage', misplaced);
  const parts = startup.partsIn(running, usable, isSplit);
  assertOneCanStart(parts.map((part) => startup.whyNotStarted(part, usable)));
  const wiringFor = startup.sharedWiring(isSplit);
  const { deps, connections } = wiringFor(usable);
  await checkPolicy(deps.policy, (problems) =>
    log.error(
      { problems },
      'the policy cannot be read: nothing is granted until it can, and access ends on time',
    ),
  );
  if (!connections.log && running.providers.length > 0) log.error({}, startup.NO_LOG);
  if (!deps.manifest) {
    const own = [...deps.providers].filter(([name]) => running.providers.includes(name));
    const needing = await startup.onlyCurfewEnds(deps.policy, new Map(own));
    if (needing.length > 0)
      log.error(
        { needing },
        'CURFEW_MANIFEST is not set, and what only Curfew ends is not granted without it',
      );
  }
  let login: Login | undefined;
  // It starts also while the ledger is unavailable, and stops when the ledger refuses its login later.
  await new Promise<void>((start, refuse) => {
    let isStarted = false;
    const go = () => ((isStarted = true), start());
    startup
      .checkLogin({
        url: connections.databaseUrl,
        duties: [...new Set(parts.flatMap(({ kind }) => startup.DUTIES[kind]))],
        signal: stopping.signal,
        onUnavailable: ({ message }) => (go(), log.warn({ error: message }, 'the login is not checked yet')),
        onLogin: (found) => {
          login = found;
          // One process for everything shares its login with the command line.
          const unused = isSplit ? found.excess : found.excess.filter((role) => role !== 'cli');
          if (unused.length > 0)
            log.warn({ login: found.name, excess: unused }, 'the login may do more than this process needs');
        },
      })
      .then(go, (error: unknown) => (isStarted ? fail(error) : refuse(error)));
  });

  const started = startup.startParts({
    ...{ parts, log, read, wiringFor },
    login: () => login,
    onAllRun: () => log.info({ roles: isSplit ? roles : 'all', providers: running.providers }, 'running'),
  });
  await stopped;
  await started.stop();
  await deps.ledgers.close();
  log.info('stopped');
  process.exit(0);
}

function assertNoneOfEveryPart(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new CommandError('usage', ['These settings are wrong:', ...problems].join('\n  '));
}

/** Throws unless the settings of every part are set. The error names also those that only some parts need. */
function assertCoreIsSet({ settings, problems }: UsableSettings, uses: ReturnType<typeof usesOf>): void {
  if (roleConnections(settings, { temporal: false, slack: false }).ok) return;
  const connections = roleConnections(settings, uses);
  const missing = connections.ok ? [] : connections.error;
  const wrong = problems.map(({ setting, what }) => `${setting} ${what}`);
  throw new CommandError(
    'usage',
    [
      `"curfew up" uses real services, and these settings are missing: ${missing.join(', ')}.`,
      ...(wrong.length > 0 ? ['These are wrong:', ...wrong] : []),
      '  to do: set them (.env.example lists them all), or run "curfew demo", which starts its own services.',
    ].join('\n'),
  );
}

/** A process of which no part can start ends, so that whoever starts it sees why. */
function assertOneCanStart(reasons: readonly (string | undefined)[]): void {
  if (reasons.includes(undefined)) return;
  throw new CommandError('usage', [...new Set(reasons)].join('\n'));
}

/**
 * Reports what is wrong with the policy. Throws when people.yaml has accounts of the example company: outside of the sandbox they belong to nobody, or
 * to a stranger.
 */
async function checkPolicy(
  policy: Pick<Policy, 'current'>,
  report: (problems: readonly string[]) => void,
): Promise<void> {
  const read = await policy.current();
  if (read.ok) return;
  const examples = read.error.filter(({ kind }) => kind === 'example');
  if (examples.length > 0)
    throw new CommandError(
      'usage',
      ['"curfew up" does not start with the people of the example:', ...examples.map(formatProblem)].join(
        '\n  ',
      ),
    );
  report(read.error.map(formatProblem));
}

/** Every other command starts without these, and a process loads only the parts that it runs. */
const loadStartup = async () => ({
  ...(await import('../../app/parts.ts')),
  ...(await import('../../app/process.ts')),
  ...(await import('../../app/shared-wiring.ts')),
  ...(await import('../../app/log.ts')),
  ...(await import('../../app/login-check.ts')),
  ...(await import('../../app/manifest.ts')),
  ...(await import('../../app/misplaced-secrets.ts')),
});
