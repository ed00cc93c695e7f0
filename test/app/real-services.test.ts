import { expect, test } from '@jest/globals';
import { realServicesIn } from '../../app/settings/real-services.ts';
import { SETTING_NAMES, variablesOf } from '../../app/settings/schema.ts';

/** All that a person can change about the demo. */
const OF_THE_DEMO = [
  'CURFEW_CONFIG',
  'CURFEW_HOME',
  'CURFEW_PORT',
  'CURFEW_TEMPORAL_CLI',
  'CURFEW_LOG_LEVEL',
  'CURFEW_SWEEP_SECONDS',
];
const ALL = SETTING_NAMES.flatMap(variablesOf);

test('every setting but those of the demo belongs to a real service, also in its file (T44)', () => {
  const env = Object.fromEntries(ALL.map((name) => [name, 'set']));
  expect(realServicesIn(env)).toEqual(ALL.filter((name) => !OF_THE_DEMO.includes(name)));
  expect(realServicesIn(env)).toEqual(
    expect.arrayContaining([
      ...['SLACK_BOT_TOKEN', 'DATABASE_URL', 'TEMPORAL_ADDRESS', 'AWS_REGION', 'AWS_ACCESS_KEY_ID'],
      ...['AWS_SECRET_ACCESS_KEY_FILE', 'GITHUB_APP_ID', 'CURFEW_POSTGRES_TARGETS', 'CURFEW_SECRET_KEY'],
    ]),
  );
});

test('a variable that is empty, or that Curfew does not know, is not named', () => {
  expect(realServicesIn({ DATABASE_URL: '', AWS_REGION: undefined, GITHUB_ACTIONS: 'true' })).toEqual([]);
});
