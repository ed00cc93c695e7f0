import { SETTING_NAMES, variablesOf } from './schema.ts';
import type { Env } from './secret-file.ts';

/** The settings that the demo reads. */
const OF_THE_DEMO: readonly string[] = [
  'CURFEW_CONFIG',
  'CURFEW_HOME',
  'CURFEW_PORT',
  'CURFEW_TEMPORAL_CLI',
  'CURFEW_LOG_LEVEL',
  'CURFEW_SWEEP_SECONDS',
];

/** The names of the variables that are set and belong to real services, which the demo does not use (T44). */
export const realServicesIn = (env: Env): readonly string[] =>
  SETTING_NAMES.filter((name) => !OF_THE_DEMO.includes(name))
    .flatMap(variablesOf)
    .filter((name) => env[name]);
