import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadDotEnv, readSettings } from '../../app/settings/settings.ts';
import { metaOf, SETTING_NAMES } from '../../app/settings/schema.ts';
import { renderEnvExample } from '../../scripts/env-example.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const KEY = Buffer.alloc(32, 7).toString('base64');
const DB = 'postgres://curfew:hunter2@db.example.com:5432/curfew';
const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' };
const GITHUB = { GITHUB_APP_ID: '1', GITHUB_APP_PRIVATE_KEY: PEM, GITHUB_INSTALLATION_ID: '2' };

type Env = Record<string, string>;

function settings(env: Env) {
  const read = readSettings(env);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

function problems(env: Env) {
  const read = readSettings(env);
  return read.ok ? [] : read.error.map(({ setting, what }) => `${setting} ${what}`);
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('settings', () => {
  test('left out altogether: everything runs on this machine', () => {
    expect(settings({})).toEqual({
      ...{ slack: { kind: 'sandbox' }, database: { kind: 'embedded' }, aws: { kind: 'sandbox' } },
      ...{ temporal: { kind: 'embedded', cli: undefined }, github: { kind: 'sandbox' } },
      ...{ postgresTargets: new Map(), config: undefined, home: resolve('.curfew') },
      ...{ secretKey: undefined, port: undefined, logLevel: 'info', sweepSeconds: 15 },
    });
  });

  test('that are empty are left out', () => {
    expect(settings(Object.fromEntries(SETTING_NAMES.map((name) => [name, ''])))).toEqual(settings({}));
  });

  test.each<[string, Env, object]>([
    [
      'Slack',
      SLACK,
      {
        slack: {
          kind: 'slack',
          botToken: 'xoxb-1',
          appToken: 'xapp-1',
          channel: 'C0123456789',
          apiUrl: undefined,
        },
      },
    ],
    ['the database', { DATABASE_URL: DB }, { database: { kind: 'given', url: DB, migrationUrl: DB } }],
    [
      'its owner',
      { DATABASE_URL: DB, CURFEW_MIGRATION_DATABASE_URL: `${DB}2` },
      { database: { kind: 'given', url: DB, migrationUrl: `${DB}2` } },
    ],
    [
      'Temporal',
      { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'n' },
      { temporal: { kind: 'given', env: { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'n' } } },
    ],
    [
      'a CLI',
      { CURFEW_TEMPORAL_CLI: '/opt/temporal' },
      { temporal: { kind: 'embedded', cli: '/opt/temporal' } },
    ],
    [
      'AWS',
      { AWS_REGION: 'eu-central-1' },
      { aws: { kind: 'given', region: 'eu-central-1', iamUrl: undefined, credentials: undefined } },
    ],
    [
      'AWS keys',
      { AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' },
      {
        aws: {
          kind: 'given',
          region: 'r',
          iamUrl: undefined,
          credentials: { accessKeyId: 'a', secretAccessKey: 's' },
        },
      },
    ],
    [
      'GitHub',
      GITHUB,
      { github: { kind: 'given', appId: '1', privateKey: PEM, installationId: '2', apiUrl: undefined } },
    ],
    [
      'GitHub, its key in one line',
      { ...GITHUB, GITHUB_APP_PRIVATE_KEY: PEM.replaceAll('\n', '\\n') },
      { github: { kind: 'given', appId: '1', privateKey: PEM, installationId: '2', apiUrl: undefined } },
    ],
    [
      'targets',
      { CURFEW_POSTGRES_TARGETS: `orders-db=${DB}?a=b\nbilling=${DB}` },
      {
        postgresTargets: new Map([
          ['orders-db', `${DB}?a=b`],
          ['billing', DB],
        ]),
      },
    ],
    ['a key', { CURFEW_SECRET_KEY: KEY }, { secretKey: new Uint8Array(32).fill(7) }],
    ['numbers', { CURFEW_PORT: '4000', CURFEW_SWEEP_SECONDS: '5' }, { port: 4000, sweepSeconds: 5 }],
  ])('turn on one part and leave the others: %s', (_name, env, expected) => {
    expect(settings(env)).toEqual({ ...settings({}), ...expected });
  });

  test('keys without a region do not turn AWS on: many a shell has them for something else', () => {
    expect(settings({ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }).aws).toEqual({ kind: 'sandbox' });
  });

  test.each<[string, Env, string]>([
    [
      'half of Slack',
      { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_CHANNEL: 'C0123456789' },
      'SLACK_APP_TOKEN is missing, and needed with SLACK_BOT_TOKEN and SLACK_CHANNEL',
    ],
    [
      'half of GitHub',
      { GITHUB_APP_ID: '1', GITHUB_INSTALLATION_ID: '2' },
      'GITHUB_APP_PRIVATE_KEY is missing, and needed with GITHUB_APP_ID and GITHUB_INSTALLATION_ID',
    ],
    [
      'half a key',
      { AWS_ACCESS_KEY_ID: 'a' },
      'AWS_SECRET_ACCESS_KEY is missing, and needed with AWS_ACCESS_KEY_ID',
    ],
    [
      'an owner without a database',
      { CURFEW_MIGRATION_DATABASE_URL: DB },
      'DATABASE_URL is missing, and needed with CURFEW_MIGRATION_DATABASE_URL',
    ],
    [
      'a key without a server',
      { TEMPORAL_API_KEY: 'k' },
      'TEMPORAL_ADDRESS is missing, and needed with TEMPORAL_API_KEY',
    ],
    [
      'tokens mixed up',
      { ...SLACK, SLACK_BOT_TOKEN: 'xapp-secret' },
      'SLACK_BOT_TOKEN must be the bot token, which begins with xoxb-',
    ],
    [
      'a channel by name',
      { ...SLACK, SLACK_CHANNEL: '#general' },
      'SLACK_CHANNEL must be the id of a channel, such as C0123456789 (at the end of its "About" tab)',
    ],
    [
      'another database',
      { DATABASE_URL: 'mysql://u:hunter2@h/d' },
      'DATABASE_URL must be an address like postgres://user:password@host:5432/database',
    ],
    ['no port', { TEMPORAL_ADDRESS: 'temporal.example.com' }, 'TEMPORAL_ADDRESS must be host:port'],
    [
      'plain text to another machine',
      { TEMPORAL_ADDRESS: 'temporal.example.com:7233' },
      'TEMPORAL_TLS must be set for a server on another machine: true, or false to accept that nothing is encrypted',
    ],
    [
      'a cut key',
      { ...GITHUB, GITHUB_APP_PRIVATE_KEY: PEM.slice(0, 200) },
      'GITHUB_APP_PRIVATE_KEY must be the private key (PEM) that GitHub gave you for the app',
    ],
    [
      'a short key',
      { CURFEW_SECRET_KEY: 'c2hvcnQ=' },
      'CURFEW_SECRET_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
    ],
    [
      'a target without address',
      { CURFEW_POSTGRES_TARGETS: 'orders-db=hunter2' },
      'CURFEW_POSTGRES_TARGETS must give every name an address like postgres://user:password@host:5432/database',
    ],
    [
      'a target without name',
      { CURFEW_POSTGRES_TARGETS: DB },
      'CURFEW_POSTGRES_TARGETS must be pairs like orders-db=postgres://..., the name of letters, digits, "-" and "_"',
    ],
    [
      'a target twice',
      { CURFEW_POSTGRES_TARGETS: `a=${DB} a=${DB}` },
      'CURFEW_POSTGRES_TARGETS names one database twice',
    ],
    ['a port too high', { CURFEW_PORT: '70000' }, 'CURFEW_PORT must be from 0 to 65535'],
    ['a port in words', { CURFEW_PORT: '4000 or so' }, 'CURFEW_PORT must be a whole number from 0 to 65535'],
    ['no sweeping', { CURFEW_SWEEP_SECONDS: '0' }, 'CURFEW_SWEEP_SECONDS must be from 1 to 3600'],
    [
      'a level',
      { CURFEW_LOG_LEVEL: 'loud' },
      'CURFEW_LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent',
    ],
    [
      'a slip of the pen',
      { CURFEW_SWEEP_SECOND: '5' },
      'CURFEW_SWEEP_SECOND is not a setting. .env.example lists them all',
    ],
  ])('are refused with one sentence: %s', (_name, env, sentence) => {
    expect(problems(env)).toEqual([sentence]);
  });

  test('are refused all at once', () => {
    expect(problems({ CURFEW_PORT: 'x', DATABASE_URL: 'y', CURFEW_LOG_LEVEL: 'z' })).toHaveLength(3);
  });

  test('never appear in what is said about them', () => {
    const canary = 'canary-9f3a';
    const env = Object.fromEntries(SETTING_NAMES.map((name) => [name, canary]));
    expect(problems(env).length).toBeGreaterThan(8);
    expect(JSON.stringify(readSettings(env))).not.toContain(canary);
  });
});

const secrets = SETTING_NAMES.filter((name) => metaOf(name).secret);

describe('a secret in a file', () => {
  test.each(secrets)('%s_FILE is read', (name) => {
    const missing = join(folder, 'missing');
    expect(problems({ [`${name}_FILE`]: missing })).toContain(
      `${name} cannot be read from the file that ${name}_FILE names: ${missing} (ENOENT)`,
    );
  });

  test('counts like one in the environment, without its line end', () => {
    const env = { DATABASE_URL_FILE: file('url', `${DB}\n`) };
    expect(settings(env)).toEqual(settings({ DATABASE_URL: DB }));
  });

  test('keeps the line ends inside it', () => {
    const { GITHUB_APP_PRIVATE_KEY: _, ...rest } = GITHUB;
    expect(settings({ ...rest, GITHUB_APP_PRIVATE_KEY_FILE: file('pem', PEM) }).github).toMatchObject({
      privateKey: PEM.trimEnd(),
    });
  });

  test('and in the environment too is refused, even when they agree', () => {
    expect(problems({ DATABASE_URL: DB, DATABASE_URL_FILE: file('url', DB) })).toEqual([
      'DATABASE_URL is set twice: itself, and by DATABASE_URL_FILE. Leave one out',
    ]);
  });

  test('that is empty is refused', () => {
    expect(problems({ DATABASE_URL_FILE: file('empty', '\n') })[0]).toMatch(
      /^DATABASE_URL is empty in the file/,
    );
  });

  test('reaches Temporal, whose own library knows no files', () => {
    const env = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY_FILE: file('key', 'k\n') };
    expect(settings(env).temporal).toEqual({
      kind: 'given',
      env: { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'k' },
    });
  });
});

describe('.env', () => {
  test('is read where it exists, and what is set already wins', () => {
    writeFileSync(join(folder, '.env'), 'CURFEW_TEST_NEW=file\nCURFEW_TEST_SET=file\n');
    process.env['CURFEW_TEST_SET'] = 'environment';
    loadDotEnv(folder);
    loadDotEnv(join(folder, 'nowhere'));
    expect([process.env['CURFEW_TEST_NEW'], process.env['CURFEW_TEST_SET']]).toEqual(['file', 'environment']);
    delete process.env['CURFEW_TEST_NEW'];
    delete process.env['CURFEW_TEST_SET'];
  });
});

describe('.env.example', () => {
  test('is what the schema says (npm run env:example)', () => {
    expect(readFileSync(resolve('.env.example'), 'utf8')).toBe(renderEnvExample());
  });

  test('names every setting', () => {
    for (const name of SETTING_NAMES) expect(renderEnvExample()).toContain(`# ${name}=`);
  });
});
