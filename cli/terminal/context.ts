import { CommandError } from './exit.ts';
import {
  allConnections,
  commandConnections,
  type CommandConnections,
  type Missing,
} from '../../app/settings/connections-from-settings.ts';
import { type Connections, publishedConnections, type SandboxConnections } from '../../app/connections.ts';
import { isSetting, type Problem } from '../../app/settings/schema.ts';
import type { Settings } from '../../app/settings/settings.ts';
import { readUsableSettings, type UsableSettings } from '../../app/settings/usable.ts';
import type { ProcessDeps, WireOptions } from '../../app/wiring.ts';
import type { Deps } from '../../requests/deps.ts';

/** Whether a command needs this setting. */
type Needs = (setting: string) => boolean;

/** The settings. Throws one error that lists every problem in those that the command needs. */
export function loadSettings(env: NodeJS.ProcessEnv = process.env, needs: Needs = () => true): Settings {
  const { settings, problems } = readUsableSettings(env);
  assertNoneWrong(problems.filter(({ setting }) => needs(setting)));
  return settings;
}

export function assertNoneWrong(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new CommandError(
    'usage',
    ['These settings are wrong:', ...problems.map(({ setting, what }) => `  ${setting} ${what}`)].join('\n'),
  );
}

/** The connections of the settings, else those of the demo that runs in this folder. */
export function loadConnections(settings: Settings): Connections {
  const given = allConnections(settings);
  return given.ok ? given.value : runningConnections(settings, given.error);
}

/**
 * The connections of the demo that runs in this folder. Without one, the error names the `missing` settings. The demo is not used where a
 * setting is there that only a real installation has: what it says would be taken for the truth about that installation.
 */
export function runningConnections(
  { home, config, secretKey }: Settings,
  missing: Missing,
): SandboxConnections {
  const running = config || secretKey ? undefined : publishedConnections(home);
  if (running) return running;
  throw notRunning(home, missing);
}

/** No demo runs in the folder, and the settings of real services are missing. */
export const notRunning = (home: string, missing: Missing): CommandError =>
  new CommandError(
    'usage',
    `Curfew is not running in this folder, and these settings are missing: ${missing.join(', ')}.\n  where: ${home}\n  to do: start it with "npm start", or set them (.env.example lists them all).`,
  );

const OF_THE_OWNER = /^(DATABASE_URL|CURFEW_MIGRATION_DATABASE_URL|CURFEW_HOME)$/;

/** How an administrator connects: `migrationUrl` is the login that owns the tables. `config` is the folder of the policy files, if it is set. */
type OwnerConnection = Readonly<{ migrationUrl: string; config: string | undefined }>;

/**
 * The login of the owner, whatever is wrong with the settings of other parts, else that of the demo of this folder, but not where a setting names a
 * real log. A name that is no setting may be that login with a typing mistake, so it is an error.
 */
export function ownerConnection(): OwnerConnection {
  const needs: Needs = (setting) => OF_THE_OWNER.test(setting) || !isSetting(setting);
  const settings = loadSettings(process.env, needs);
  const { database, config, log, home } = settings;
  if (database) return { migrationUrl: database.migrationUrl, config };
  if (log) throw notRunning(home, ['DATABASE_URL']);
  return runningConnections(settings, ['DATABASE_URL']);
}

const OF_EVERY_COMMAND = /^(DATABASE_URL|CURFEW_CONFIG|CURFEW_HOME)$/;

/**
 * The ledger and the policy, whatever is wrong with the settings of other parts. Throws when one of `needs` is wrong. When the ledger
 * or the policy is not set, a name that is no setting may be that setting with a typing mistake, so the demo is not used in its place.
 */
export function ledgerConnections(
  usable: UsableSettings,
  needs: Needs = () => false,
): CommandConnections | SandboxConnections {
  const given = commandConnections(usable);
  const isNeeded = ({ setting }: Problem): boolean =>
    OF_EVERY_COMMAND.test(setting) || needs(setting) || (!given.ok && !isSetting(setting));
  assertNoneWrong(usable.problems.filter(isNeeded));
  return given.ok ? given.value : runningConnections(usable.settings, given.error);
}

export type Context<C = CommandConnections | SandboxConnections> = Readonly<{
  connections: C;
  /** Each wrong setting, with why it was left out. */
  problems: readonly Problem[];
  deps: ProcessDeps & Deps;
}>;

/**
 * Runs a command with the product's dependencies, and closes them afterwards. `needs` are the settings that it needs besides the ledger
 * and the policy. A wrong setting of another part does not stop it, because ending access must not wait (I14).
 */
export async function withContext<T>(work: (context: Context) => Promise<T>, needs?: Needs): Promise<T> {
  const usable = readUsableSettings(process.env);
  const connections = ledgerConnections(usable, needs);
  const { settings, problems } = usable;
  return wiredTo({ connections, problems }, { split: true, mostLeavers: settings.mostLeavers }, work);
}

/** The same for a command that needs every setting. */
export async function withEverything<T>(work: (context: Context<Connections>) => Promise<T>): Promise<T> {
  return wiredTo({ connections: loadConnections(loadSettings()), problems: [] }, {}, work);
}

/** It loads the dependencies only now, so that help and errors of usage appear at once. */
async function wiredTo<C extends Context['connections'], T>(
  given: Omit<Context<C>, 'deps'>,
  options: WireOptions,
  work: (context: Context<C>) => Promise<T>,
): Promise<T> {
  const { depsAs, wire } = await import('../../app/wiring.ts');
  const wired = wire(given.connections, options);
  try {
    return await work({ ...given, deps: depsAs(wired, 'cli') });
  } finally {
    await wired.ledgers.close();
  }
}
