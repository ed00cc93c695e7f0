import { PROVIDER_SETTINGS } from '../../providers/settings.ts';
import { partnersOf } from './combinations.ts';
import type { Problem } from './schema.ts';
import type { Env } from './secret-file.ts';
import { readSettings, type Settings } from './settings.ts';

/** The settings without those that are wrong, and why each of these was left out. */
export type UsableSettings = Readonly<{ settings: Settings; problems: readonly Problem[] }>;

/**
 * Reads every setting, and leaves out those that are wrong together with those that need them. So a part that uses none of them can run. A
 * provider with a wrong setting is left out as a whole, because without that setting it could do less than was meant.
 */
export function readUsableSettings(env: Env): UsableSettings {
  const problems: Problem[] = [];
  const left: Record<string, string | undefined> = { ...env };
  for (;;) {
    const read = readSettings(left);
    if (read.ok) return { settings: withoutWrong(read.value, problems), problems };
    for (const problem of read.error) {
      if (!problems.some(({ setting }) => setting === problem.setting)) problems.push(problem);
      const isSet = [problem.setting, `${problem.setting}_FILE`].some((name) => left[name]);
      for (const name of isSet ? [problem.setting] : partnersOf(problem.setting)) {
        delete left[name];
        delete left[`${name}_FILE`];
      }
    }
  }
}

function withoutWrong(settings: Settings, problems: readonly Problem[]): Settings {
  const isWrong = (name: string): boolean => problems.some(({ setting }) => setting === name);
  const wrong = PROVIDER_SETTINGS.filter(({ variables }) => Object.keys(variables.shape).some(isWrong));
  const providers = Object.entries(settings.providers).filter(
    ([name]) => !wrong.some((each) => each.name === name),
  );
  const isManifestWrong = problems.some(({ setting }) => MANIFEST.test(setting));
  return {
    ...settings,
    providers: Object.fromEntries(providers),
    ...(isManifestWrong ? { manifest: undefined } : {}),
  };
}

export const MANIFEST = /^CURFEW_MANIFEST(_KEY|_REGION|_ENDPOINT)?$/;
