import { expect, test } from '@jest/globals';
import { readSettings } from '../../../app/settings/settings.ts';
import { connectionsOf } from '../../demo/demo.ts';

const KEYS = { sealing: 'kept', writer: 'w', granter: 'g', slackBot: 'b', slackApp: 'a' };
const SLACK = { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C0123456789' };
const STARTED = {
  database: { url: 'postgres://app@127.0.0.1:1/curfew', migrationUrl: 'postgres://owner@127.0.0.1:1/curfew' },
  temporal: { address: '127.0.0.1:7233' },
};
const REAL_SLACK = {
  SLACK_BOT_TOKEN: SLACK.botToken,
  SLACK_APP_TOKEN: SLACK.appToken,
  SLACK_CHANNEL: SLACK.channel,
};

function connected(env: Readonly<Record<string, string>>) {
  const read = readSettings({ CURFEW_CONFIG: '/etc/curfew', ...env });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return connectionsOf(read.value, KEYS, STARTED, SLACK);
}

test('with the sandbox’s Slack, the command line may act as anybody (--as)', () => {
  expect(connected({})).toMatchObject({ sandbox: true, slack: SLACK });
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['and nothing else real', {}],
  ['and a real database', { DATABASE_URL: 'postgres://a@b/c' }],
  ['and a real Temporal', { TEMPORAL_ADDRESS: '127.0.0.1:7000' }],
])('with a real Slack %s, everybody acts as themselves', (_what, env) => {
  expect(connected({ ...REAL_SLACK, ...env }).sandbox).toBe(false);
});

test('what the settings do not name is what the demo started, with the kept key', () => {
  expect(connected({})).toMatchObject({
    databaseUrl: STARTED.database.url,
    migrationUrl: STARTED.database.migrationUrl,
    temporal: { TEMPORAL_ADDRESS: '127.0.0.1:7233' },
    sealingKey: 'kept',
    config: '/etc/curfew',
  });
});

test('what the settings name wins over what the demo started', () => {
  const key = Buffer.alloc(32, 7);
  expect(
    connected({
      DATABASE_URL: 'postgres://a@b/c',
      CURFEW_MIGRATION_DATABASE_URL: 'postgres://o@b/c',
      TEMPORAL_ADDRESS: '127.0.0.1:7000',
      CURFEW_SECRET_KEY: key.toString('base64'),
    }),
  ).toMatchObject({
    databaseUrl: 'postgres://a@b/c',
    migrationUrl: 'postgres://o@b/c',
    temporal: { TEMPORAL_ADDRESS: '127.0.0.1:7000' },
    sealingKey: key.toString('base64url'),
  });
});
