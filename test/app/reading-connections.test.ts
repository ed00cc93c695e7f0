import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { publishConnections, sandboxConnections } from '../../app/connections.ts';
import { commandConnections } from '../../app/settings/connections-from-settings.ts';
import {
  auditConnections,
  readingConnections,
  REAL_SERVICES,
} from '../../app/settings/reading-connections.ts';
import { readUsableSettings } from '../../app/settings/usable.ts';

const home = mkdtempSync(join(tmpdir(), 'curfew-reading-'));
afterAll(() => rmSync(home, { recursive: true }));

const URL_OF_LEDGER = 'postgres://curfew:hunter2@127.0.0.1:5432/curfew';
const VALUES: Readonly<Record<(typeof REAL_SERVICES)[number], string>> = {
  DATABASE_URL: URL_OF_LEDGER,
  CURFEW_CONFIG: './config',
  CURFEW_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
};

publishConnections(
  home,
  sandboxConnections({
    databaseUrl: 'postgres://demo@127.0.0.1:1/demo',
    migrationUrl: 'postgres://demo@127.0.0.1:1/demo',
    temporal: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    slack: { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C1', apiUrl: 'http://127.0.0.1:1/api/' },
    providers: {},
    config: '/demo/config',
    sealingKey: VALUES.CURFEW_SECRET_KEY,
  }),
);

/** Every choice of some of these settings. */
const CHOICES = Array.from({ length: 2 ** REAL_SERVICES.length }, (_, number) =>
  Object.fromEntries(
    REAL_SERVICES.filter((_name, place) => (number >> place) % 2 === 1).map((name) => [name, VALUES[name]]),
  ),
);

/** What the check of all settings says: real services, or the demo of the folder. */
function asChecked(env: Readonly<Record<string, string>>): string {
  const all = commandConnections(readUsableSettings(env));
  return all.ok ? all.value.databaseUrl : 'the demo';
}

describe('a command that only reads', () => {
  test('connects to what the check of all settings says, and leaves the rest to that check', () => {
    for (const choice of CHOICES) {
      const quick = readingConnections({ ...choice, CURFEW_HOME: home });
      if (quick === undefined) continue;
      const found = quick.kind === 'real' ? quick.databaseUrl : 'the demo';
      expect([choice, found]).toEqual([choice, asChecked({ ...choice, CURFEW_HOME: home })]);
    }
  });

  test('needs the check of all settings only where some are set and some are not', () => {
    const quick = CHOICES.map((choice) => readingConnections({ ...choice, CURFEW_HOME: home })?.kind);
    expect(quick.filter((kind) => kind !== undefined)).toEqual(['sandbox', 'real']);
  });

  test('knows the ledger and the folder of the policy', () => {
    expect(readingConnections(VALUES)).toEqual({
      kind: 'real',
      databaseUrl: URL_OF_LEDGER,
      config: resolve('config'),
    });
    expect(readingConnections({ CURFEW_HOME: home })).toMatchObject({
      databaseUrl: 'postgres://demo@127.0.0.1:1/demo',
      config: '/demo/config',
    });
  });

  test('reads the address of the ledger from a file', () => {
    const file = join(home, 'url');
    writeFileSync(file, `${URL_OF_LEDGER}\n`);
    const { DATABASE_URL: _url, ...others } = VALUES;
    expect(readingConnections({ ...others, DATABASE_URL_FILE: file })?.databaseUrl).toBe(URL_OF_LEDGER);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['an address of another kind', { DATABASE_URL: 'mysql://x' }],
    ['text that is no address', { DATABASE_URL: 'postgres://' + '[' }],
    ['a file that is not there', { DATABASE_URL: '', DATABASE_URL_FILE: '/nowhere' }],
    ['an address that is given twice', { DATABASE_URL_FILE: '/nowhere' }],
  ])('leaves %s to the check of all settings', (_what, wrong) =>
    expect(readingConnections({ ...VALUES, ...wrong })).toBeUndefined(),
  );

  test('an empty setting counts as absent', () => {
    const empty = Object.fromEntries(REAL_SERVICES.map((name) => [name, '']));
    expect(readingConnections({ ...empty, CURFEW_HOME: home })?.kind).toBe('sandbox');
  });
});

describe('a question of an auditor', () => {
  const LOG = { CURFEW_LOG_NAME: 'log.example/a' };
  test.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['the address of the ledger is enough', { DATABASE_URL: URL_OF_LEDGER }, URL_OF_LEDGER],
    ['it is the ledger of the settings', VALUES, URL_OF_LEDGER],
    ['without settings it is that of the demo', {}, 'postgres://demo@127.0.0.1:1/demo'],
    ['not where a real log is named', LOG, undefined],
    ['not where another real setting is there', { CURFEW_CONFIG: './config' }, undefined],
    ['a wrong address is left to the check of all settings', { DATABASE_URL: 'mysql://x' }, undefined],
  ])('%s', (_why, env, expected) =>
    expect(auditConnections({ CURFEW_HOME: home, ...env })?.databaseUrl).toBe(expected),
  );

  test('knows the folder of the policy when it is set', () => {
    expect(auditConnections(VALUES)?.config).toBe(resolve('config'));
    expect(auditConnections({ DATABASE_URL: URL_OF_LEDGER })?.config).toBeUndefined();
  });
});
