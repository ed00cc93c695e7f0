import { CommandError } from './exit.ts';
import { allConnections, type Missing } from '../../app/settings/connections-from-settings.ts';
import { type Connections, publishedConnections, type SandboxConnections } from '../../app/connections.ts';
import { readSettings, type Settings } from '../../app/settings/settings.ts';
import type { Wired } from '../../app/wiring.ts';
import type { Deps } from '../../requests/deps.ts';

/** The settings. Throws one error that lists every problem in them. */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const read = readSettings(env);
  if (read.ok) return read.value;
  throw new CommandError(
    'usage',
    ['These settings are wrong:', ...read.error.map(({ setting, what }) => `  ${setting} ${what}`)].join(
      '\n',
    ),
  );
}

/** The connections of the settings, else those of the demo that runs in this folder. */
export function loadConnections(settings: Settings): Connections {
  const given = allConnections(settings);
  return given.ok ? given.value : runningConnections(settings, given.error);
}

/** The connections of the demo that runs in this folder. Without one, the error names the `missing` settings. */
export function runningConnections({ home }: Settings, missing: Missing): SandboxConnections {
  const running = publishedConnections(home);
  if (running) return running;
  throw new CommandError(
    'usage',
    `Curfew is not running in this folder, and these settings are missing: ${missing.join(', ')}.\n  where: ${home}\n  to do: start it with "npm start", or set them (.env.example lists them all).`,
  );
}

export type Context = Readonly<{ settings: Settings; connections: Connections; deps: Wired & Deps }>;

/**
 * Runs a command with the product's dependencies, and closes them afterwards. It loads them only now, so that help and
 * errors of usage appear at once.
 */
export async function withContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  const settings = loadSettings();
  const connections = loadConnections(settings);
  const { depsAs, wire } = await import('../../app/wiring.ts');
  const wired = wire(connections, { mostLeavers: settings.mostLeavers });
  try {
    return await work({ settings, connections, deps: depsAs(wired, 'cli') });
  } finally {
    await wired.ledgers.close();
  }
}
