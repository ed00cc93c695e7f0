import type { Deps } from '../../activities/index.ts';
import { Stop } from './exit.ts';
import { givenParts, type Missing } from '../../app/settings/given.ts';
import { type Parts, publishedParts } from '../../app/connections.ts';
import { readSettings, type Settings } from '../../app/settings/settings.ts';
import { wire } from '../../app/wiring.ts';

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
  return given.ok ? given.value : runningOrStop(settings, given.error);
}

/** The parts of the demo that runs in this folder, where the settings that would name real ones are `missing`. */
export function runningOrStop({ home }: Settings, missing: Missing): Parts {
  const running = publishedParts(home);
  if (running) return running;
  throw new Stop(
    'usage',
    `Curfew does not run in this folder, and these settings are missing: ${missing.join(', ')}.\n  where: ${home}\n  to do: start it with "npm start", or set them (.env.example lists them all).`,
  );
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
