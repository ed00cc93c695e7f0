import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  publishConnections,
  publishedConnections,
  type RealConnections,
  sandboxConnections,
  unpublishConnections,
} from '../../app/connections.ts';
import {
  allConnections,
  commandConnections,
  roleConnections,
} from '../../app/settings/connections-from-settings.ts';
import { runningConnections } from '../../cli/terminal/context.ts';
import { readSettings, type Settings } from '../../app/settings/settings.ts';

let home: string;
let umask: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'curfew-connections-'));
  umask = process.umask(0); // so that only the code restricts the modes
});
afterEach(() => {
  process.umask(umask);
  rmSync(home, { recursive: true, force: true });
});

const KEY = Buffer.alloc(32, 7);
const ENV = {
  DATABASE_URL: 'postgres://app:p@127.0.0.1:1/curfew',
  CURFEW_MIGRATION_DATABASE_URL: 'postgres://owner:p@127.0.0.1:1/curfew',
  CURFEW_CONFIG: '/etc/curfew',
  CURFEW_SECRET_KEY: KEY.toString('base64'),
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'curfew',
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: 'C0123456789',
};
function settingsOf(env: Readonly<Record<string, string>> = ENV): Settings {
  const read = readSettings(env);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}
function connectionsOf(env: Readonly<Record<string, string>> = ENV): RealConnections {
  const all = allConnections(settingsOf(env));
  if (!all.ok) throw new Error(all.error.join(', '));
  return all.value;
}
const DEMO = sandboxConnections({
  databaseUrl: 'postgres://app:p@127.0.0.1:1/curfew',
  migrationUrl: 'postgres://owner:p@127.0.0.1:1/curfew',
  temporal: { TEMPORAL_ADDRESS: '127.0.0.1:7233' },
  slack: { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C1', apiUrl: 'http://127.0.0.1:1/api/' },
  providers: {
    postgres: { databases: { orders: 'postgres://a:p@127.0.0.1:1/orders' } },
    'aws-iam': {
      endpoint: 'http://127.0.0.1:2',
      credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    },
    github: { appId: 1, privateKey: 'k', installationId: 1, baseUrl: 'http://127.0.0.1:3' },
  },
  config: '/etc/curfew',
  sealingKey: 'k',
  consoleUrl: 'http://127.0.0.1:4',
});
const modeOf = (name: string) => (statSync(join(home, name)).mode & 0o777).toString(8);

describe('the connections that the demo publishes for other terminals', () => {
  test.each(['CURFEW_CONFIG', 'CURFEW_SECRET_KEY'] as const)(
    'are not used where %s of a real installation is set, and another setting is missing',
    (name) => {
      publishConnections(home, DEMO);
      const runs = (env: Readonly<Record<string, string>>) =>
        runningConnections(settingsOf({ CURFEW_HOME: home, ...env }), ['DATABASE_URL']);
      expect(() => runs({ [name]: ENV[name] })).toThrow(/these settings are missing: DATABASE_URL/);
      expect(runs({ DATABASE_URL: ENV.DATABASE_URL })).toEqual(DEMO); // It may be of another program.
    },
  );

  test('only the owner can read the file, whatever the umask is, and nothing else is left', () => {
    publishConnections(home, DEMO);
    expect(readdirSync(home)).toEqual(['connections.json']);
    expect(modeOf('connections.json')).toBe('600');
  });

  test('a file that everybody could read is replaced by one that only the owner can read', () => {
    writeFileSync(join(home, 'connections.json'), '{}', { mode: 0o644 });
    publishConnections(home, DEMO);
    expect(modeOf('connections.json')).toBe('600');
    expect(publishedConnections(home)).toEqual(DEMO);
  });

  test('they are read as they were written, and are gone when the demo stopped', () => {
    expect(publishedConnections(home)).toBeUndefined();
    publishConnections(home, DEMO);
    expect(publishedConnections(home)).toEqual(DEMO);
    unpublishConnections(home);
    expect(readdirSync(home)).toEqual([]);
    unpublishConnections(home); // again, after a demo that was killed
  });

  test('a reader never sees half a file: the new one replaces the old one whole', () => {
    publishConnections(home, DEMO);
    const before = statSync(join(home, 'connections.json')).ino;
    publishConnections(home, DEMO);
    expect(statSync(join(home, 'connections.json')).ino).not.toBe(before);
  });

  test('a file that names a server on another machine is refused, also if it says that it is the sandbox’s (T44)', () => {
    const far = 'postgres://app:p@db.example.com/curfew';
    const databases = { ...DEMO.providers.postgres?.databases, billing: far };
    for (const mixed of [
      { databaseUrl: far },
      { providers: { postgres: { databases } } },
      { consoleUrl: 'https://curfew.example.com' },
    ]) {
      writeFileSync(join(home, 'connections.json'), JSON.stringify({ ...DEMO, ...mixed }));
      expect(() => publishedConnections(home)).toThrow('only servers on this machine');
    }
  });

  test('a folder without a demo has none', () => {
    mkdirSync(join(home, 'other'));
    expect(publishedConnections(join(home, 'other'))).toBeUndefined();
    expect(publishedConnections(join(home, 'nothing'))).toBeUndefined();
  });
});

describe('the connections of the settings', () => {
  test('are those of real services: nobody can act as somebody else (--as)', () => {
    expect(connectionsOf()).toEqual({
      kind: 'real',
      databaseUrl: ENV.DATABASE_URL,
      migrationUrl: ENV.CURFEW_MIGRATION_DATABASE_URL,
      temporal: { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'curfew' },
      slack: { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C0123456789' },
      providers: {},
      config: '/etc/curfew',
      sealingKey: KEY.toString('base64url'),
      olderSealingKeys: [],
      exampleAccounts: 'refused',
    });
  });

  test('have the secret key of now and each older one, in their order', () => {
    const older = [Buffer.alloc(32, 8), Buffer.alloc(32, 9)];
    const all = older.map((key) => key.toString('base64')).join(',');
    const settings = settingsOf({ ...ENV, CURFEW_OLDER_SECRET_KEYS: all });
    const keys = {
      sealingKey: KEY.toString('base64url'),
      olderSealingKeys: older.map((key) => key.toString('base64url')),
    };
    const given = [
      roleConnections(settings, { temporal: true, slack: true }),
      commandConnections({ settings, problems: [] }),
    ];
    for (const each of given) expect(each).toMatchObject({ value: keys });
  });

  test('of any settings that are missing, exactly these are named, in their order', () => {
    const needed = [
      ...[['DATABASE_URL'], ['CURFEW_CONFIG'], ['CURFEW_SECRET_KEY'], ['TEMPORAL_ADDRESS']],
      ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_CHANNEL'],
    ];
    const { CURFEW_MIGRATION_DATABASE_URL: _owner, ...given } = ENV;
    for (let choice = 1; choice < 2 ** needed.length; choice += 1) {
      const missing = needed.filter((_, n) => choice & (1 << n)).flat();
      const env = Object.fromEntries(Object.entries(given).filter(([name]) => !missing.includes(name)));
      expect(allConnections(settingsOf(env))).toEqual({ ok: false, error: missing });
    }
  });

  test('without an owner of the tables, the writer migrates', () => {
    const { CURFEW_MIGRATION_DATABASE_URL: _owner, ...env } = ENV;
    expect(connectionsOf(env).migrationUrl).toBe(ENV.DATABASE_URL);
  });

  test.each([
    [
      'neither Temporal nor Slack',
      { temporal: false, slack: false },
      { temporal: undefined, slack: undefined },
    ],
    ['Temporal only', { temporal: true, slack: false }, { temporal: expect.anything(), slack: undefined }],
    ['Slack only', { temporal: false, slack: true }, { temporal: undefined, slack: expect.anything() }],
  ])('a role gets %s, and the secrets of no other role', (_what, uses, expected) => {
    const role = roleConnections(settingsOf(), uses);
    expect(role.ok && { temporal: role.value.temporal, slack: role.value.slack }).toEqual(expected);
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['refused', 'is the real one', {}],
    ['refused', 'is somewhere else', { SLACK_API_URL: 'https://slack.example.com/api/' }],
    ['accepted', 'is an imitation on this machine', { SLACK_API_URL: 'http://127.0.0.1:1/api/' }],
  ])('the accounts of the example are %s where Slack %s', (example, _what, env) => {
    expect(connectionsOf({ ...ENV, ...env }).exampleAccounts).toBe(example);
  });

  test('the address of the console is used only when it is set', () => {
    const CURFEW_CONSOLE_URL = 'https://curfew.example.com/';
    expect(connectionsOf({ ...ENV, CURFEW_CONSOLE_URL }).consoleUrl).toBe('https://curfew.example.com');
    expect(connectionsOf()).not.toHaveProperty('consoleUrl');
  });

  test('a role without the settings of Slack refuses the accounts of the example', () => {
    const { SLACK_BOT_TOKEN: _bot, SLACK_APP_TOKEN: _app, SLACK_CHANNEL: _channel, ...env } = ENV;
    const role = roleConnections(settingsOf(env), { temporal: false, slack: false });
    expect(role.ok && role.value.exampleAccounts).toBe('refused');
  });

  test('another address of Slack is used only when it is set', () => {
    expect(connectionsOf({ ...ENV, SLACK_API_URL: 'http://127.0.0.1:1/api/' }).slack.apiUrl).toBe(
      'http://127.0.0.1:1/api/',
    );
    expect(readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')).toContain('SLACK_API_URL');
  });
});
