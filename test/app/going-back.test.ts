import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SETTING_NAMES } from '../../app/settings/schema.ts';
import { catalogueSchema } from '../../policy/files/catalogue.ts';

/** The settings that version 0.1.0 has. It refuses any other one whose name begins with CURFEW_. */
const OF_0_1_0 = [
  'AWS_ACCESS_KEY_ID',
  'AWS_ENDPOINT_URL_IAM',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'CURFEW_CONFIG',
  'CURFEW_HOME',
  'CURFEW_LOG_LEVEL',
  'CURFEW_MIGRATION_DATABASE_URL',
  'CURFEW_OLDER_SECRET_KEYS',
  'CURFEW_PORT',
  'CURFEW_POSTGRES_TARGETS',
  'CURFEW_SECRET_KEY',
  'CURFEW_SWEEP_SECONDS',
  'CURFEW_TEMPORAL_CLI',
  'CURFEW_UNDO_KEYS',
  'DATABASE_URL',
  'GITHUB_API_URL',
  'GITHUB_APP_ID',
  'GITHUB_APP_PRIVATE_KEY',
  'GITHUB_INSTALLATION_ID',
  'SLACK_API_URL',
  'SLACK_APP_TOKEN',
  'SLACK_BOT_TOKEN',
  'SLACK_CHANNEL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_TLS',
  'TEMPORAL_TLS_CLIENT_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_DATA',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_NAME',
];
const KEYS_OF_0_1_0 = ['entitlements'];

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const sectionOf = (heading: string): string =>
  (page.split(`\n${heading}\n`)[1] ?? '').split(/\n#{2,3} /)[0] ?? '';
const namesIn = (section: string): readonly string[] =>
  [...section.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

test('the page about going back names every setting and every key of the catalogue that the older version does not know', () => {
  const named = namesIn(sectionOf('### Going back to an older version'));
  const settings = SETTING_NAMES.filter((name) => !OF_0_1_0.includes(name));
  const keys = Object.keys(catalogueSchema.shape).filter((key) => !KEYS_OF_0_1_0.includes(key));
  expect(settings.length).toBeGreaterThan(0);
  expect(named).toEqual(expect.arrayContaining([...settings, ...keys, 'provider: curfew']));
});

test('the page about restoring says when to begin a new log', () => {
  expect(sectionOf('## Backups and restore')).toContain('`curfew audit begin-log <name>`');
});
