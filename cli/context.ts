import type { Deps } from '../activities/index.ts';
import { Stop } from './exit.ts';
import { type Parts, publishedParts } from './parts.ts';
import { providerDeps } from './provider-deps.ts';
import { readSettings, type Settings } from './settings.ts';
import { wire } from './wire.ts';

/** The settings, or every mistake in them. */
export function settingsOrStop(env: NodeJS.ProcessEnv = process.env): Settings {
  const read = readSettings(env);
  if (read.ok) return read.value;
  throw new Stop(
    'usage',
    ['These settings are wrong:', ...read.error.map(({ setting, what }) => `  ${setting} ${what}`)].join(
      '\n',
    ),
  );
}

/** The parts to work with: those of the settings, else those of the demo that runs in this folder. */
export function partsOrStop(settings: Settings): Parts {
  const given = givenParts(settings);
  if (given) return given;
  const running = publishedParts(settings.home);
  if (running) return running;
  throw new Stop(
    'usage',
    `Curfew does not run in this folder, and the settings name no database.\n  where: ${settings.home}\n  to do: start it with "npm start", or set DATABASE_URL and its like (.env.example lists them).`,
  );
}

/** Real parts only; nothing when one of those that Curfew cannot do without is missing. */
export function givenParts(settings: Settings): Parts | undefined {
  const { database, temporal, slack, config, secretKey } = settings;
  if (
    database.kind !== 'given' ||
    temporal.kind !== 'given' ||
    slack.kind !== 'slack' ||
    !config ||
    !secretKey
  )
    return undefined;
  const { kind: _slack, apiUrl, ...tokens } = slack;
  return {
    databaseUrl: database.url,
    migrationUrl: database.migrationUrl,
    temporal: temporal.env,
    slack: { ...tokens, ...(apiUrl === undefined ? {} : { apiUrl }) },
    providers: providerDeps(settings),
    config,
    sealingKey: Buffer.from(secretKey).toString('base64url'),
    sandbox: false,
  };
}

export type Context = Readonly<{ settings: Settings; parts: Parts; deps: Deps }>;

/** Runs a command on the wired product, and closes it afterwards. */
export async function withContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  const settings = settingsOrStop();
  const parts = partsOrStop(settings);
  const deps = wire(parts);
  try {
    return await work({ settings, parts, deps });
  } finally {
    await deps.ledger.close();
  }
}
