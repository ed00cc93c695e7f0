import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { loadDotEnv } from '../../app/settings/dot-env.ts';
import { readSettings } from '../../app/settings/settings.ts';
import { joinedVariables, metaOf, SETTING_NAMES } from '../../app/settings/schema.ts';
import { renderEnvExample } from '../../scripts/env-example.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PEM = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const [KEY = '', KEY8 = '', KEY9 = ''] = [7, 8, 9].map((byte) => Buffer.alloc(32, byte).toString('base64'));
const DB = 'postgres://curfew:hunter2@db.example.com:5432/curfew?sslmode=verify-full';
/** The same, as an address of a target is stored. */
const SPELLED = DB.replace(':5432', '');
const OWNER = 'postgres://owner:hunter2@db.example.com:5432/curfew?sslmode=verify-full';
const NO_CREDENTIAL =
  'TEMPORAL_ADDRESS is on another machine, so it needs TLS and a credential: set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH';
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
  test('without any setting there is no service', () => {
    expect(settings({})).toEqual({
      ...{ slack: undefined, database: undefined, temporal: undefined, providers: {} },
      ...{ config: undefined, home: resolve('.curfew'), temporalCli: undefined },
      ...{ secretKey: undefined, olderSecretKeys: [], undoKeys: new Map(), port: undefined },
      ...{ logLevel: 'info', sweepSeconds: 15, mostLeavers: 3, manifest: undefined, manifestPublicKeys: [] },
      log: undefined,
      examineDays: 7,
      looks: { checkMinutes: 15, reconcileMinutes: 30 },
      removalCap: { most: 10, percent: 20 },
    });
  });

  test('an empty setting counts as absent', () => {
    expect(settings(Object.fromEntries(SETTING_NAMES.map((name) => [name, ''])))).toEqual(settings({}));
  });

  test.each<[string, Env, object]>([
    [
      'Slack',
      SLACK,
      {
        slack: {
          botToken: 'xoxb-1',
          appToken: 'xapp-1',
          channel: 'C0123456789',
          apiUrl: undefined,
        },
      },
    ],
    ['the database', { DATABASE_URL: DB }, { database: { url: DB, migrationUrl: DB } }],
    [
      'the owner of the database',
      { DATABASE_URL: DB, CURFEW_MIGRATION_DATABASE_URL: OWNER },
      { database: { url: DB, migrationUrl: OWNER } },
    ],
    [
      'Temporal',
      { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'n' },
      { temporal: { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'n' } },
    ],
    ['the Temporal CLI', { CURFEW_TEMPORAL_CLI: '/opt/temporal' }, { temporalCli: '/opt/temporal' }],
    ['AWS', { AWS_REGION: 'eu-central-1' }, { providers: { 'aws-iam': { region: 'eu-central-1' } } }],
    [
      'AWS with keys',
      { AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' },
      {
        providers: {
          'aws-iam': { region: 'r', credentials: { accessKeyId: 'a', secretAccessKey: 's' } },
        },
      },
    ],
    [
      'AWS with temporary keys',
      { AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' },
      {
        providers: {
          'aws-iam': {
            region: 'r',
            credentials: { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' },
          },
        },
      },
    ],
    ['GitHub', GITHUB, { providers: { github: { appId: '1', privateKey: PEM, installationId: 2 } } }],
    [
      'repositories that were deleted at GitHub',
      { ...GITHUB, GITHUB_DELETED_REPOSITORIES: '6001, 6002' },
      {
        providers: {
          github: { appId: '1', privateKey: PEM, installationId: 2, deletedRepositories: [6001, 6002] },
        },
      },
    ],
    [
      'GitHub with its key in one line',
      { ...GITHUB, GITHUB_APP_PRIVATE_KEY: PEM.replaceAll('\n', '\\n') },
      { providers: { github: { appId: '1', privateKey: PEM, installationId: 2 } } },
    ],
    [
      'Postgres targets',
      { CURFEW_POSTGRES_TARGETS: `orders-db=${DB}&sslrootcert=system\nbilling=${DB}` },
      {
        providers: {
          postgres: { databases: { 'orders-db': `${SPELLED}&sslrootcert=system`, billing: SPELLED } },
        },
      },
    ],
    [
      'the read replicas of each database',
      {
        CURFEW_POSTGRES_TARGETS: `orders=${DB} billing=${DB} stock=${DB}`,
        CURFEW_POSTGRES_REPLICAS: `orders=${DB} orders=postgres://replica/d?sslmode=verify-full\nbilling=none`,
      },
      {
        providers: {
          postgres: {
            databases: { orders: SPELLED, billing: SPELLED, stock: SPELLED },
            replicas: { orders: [SPELLED, 'postgres://replica/d?sslmode=verify-full'], billing: [] },
          },
        },
      },
    ],
    [
      'the databases whose server is gone',
      { CURFEW_POSTGRES_TARGETS: `orders=${DB} billing=${DB}`, CURFEW_POSTGRES_GONE: ' billing\n' },
      { providers: { postgres: { databases: { orders: SPELLED, billing: SPELLED }, gone: ['billing'] } } },
    ],
    ['the secret key', { CURFEW_SECRET_KEY: KEY }, { secretKey: new Uint8Array(32).fill(7) }],
    [
      'what the secret key was before',
      { CURFEW_OLDER_SECRET_KEYS: `${KEY}, ${Buffer.alloc(32, 8).toString('base64')}` },
      { olderSecretKeys: [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)] },
    ],
    [
      'the undo keys, two of one provider',
      { CURFEW_UNDO_KEYS: `aws-iam=${KEY},github=${KEY8} github=${KEY9.replace('=', '')}` },
      {
        undoKeys: new Map([
          ['aws-iam', [new Uint8Array(32).fill(7)]],
          ['github', [new Uint8Array(32).fill(8), new Uint8Array(32).fill(9)]],
        ]),
      },
    ],
    [
      'the undo keys, one in each line',
      { CURFEW_UNDO_KEYS: `\n  aws-iam=${KEY},\n  github=${KEY8}\n` },
      {
        undoKeys: new Map([
          ['aws-iam', [new Uint8Array(32).fill(7)]],
          ['github', [new Uint8Array(32).fill(8)]],
        ]),
      },
    ],
    [
      'Temporal on this machine, without TLS',
      { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_TLS: 'false' },
      { temporal: { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_TLS: 'false' } },
    ],
    ['a relative folder of policy files', { CURFEW_CONFIG: 'policies' }, { config: resolve('policies') }],
    [
      'the port, the sweep interval and the limit of leavers',
      { CURFEW_PORT: '4000', CURFEW_SWEEP_SECONDS: '5', CURFEW_MOST_LEAVERS: '0' },
      { port: 4000, sweepSeconds: 5, mostLeavers: 0 },
    ],
  ])('the settings of one part do not change the other parts: %s', (_name, env, expected) => {
    expect(settings(env)).toEqual({ ...settings({}), ...expected });
  });

  // Many shells have these keys for another purpose.
  test('AWS keys without a region do not turn AWS on', () => {
    expect(settings({ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }).providers).toEqual({});
  });

  test.each<[string, Env, string]>([
    [
      'Slack without its app token',
      { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_CHANNEL: 'C0123456789' },
      'SLACK_APP_TOKEN is missing, and needed with SLACK_BOT_TOKEN and SLACK_CHANNEL',
    ],
    [
      'GitHub without its private key',
      { GITHUB_APP_ID: '1', GITHUB_INSTALLATION_ID: '2' },
      'GITHUB_APP_PRIVATE_KEY is missing, and needed with GITHUB_APP_ID and GITHUB_INSTALLATION_ID',
    ],
    [
      'an AWS access key without its secret',
      { AWS_ACCESS_KEY_ID: 'a' },
      'AWS_SECRET_ACCESS_KEY is missing, and needed with AWS_ACCESS_KEY_ID',
    ],
    [
      'an owner without a database',
      { CURFEW_MIGRATION_DATABASE_URL: DB },
      'DATABASE_URL is missing, and needed with CURFEW_MIGRATION_DATABASE_URL',
    ],
    [
      'a Temporal API key without an address',
      { TEMPORAL_API_KEY: 'k' },
      'TEMPORAL_ADDRESS is missing, and needed with TEMPORAL_API_KEY',
    ],
    [
      'a client certificate for Temporal without its key',
      {
        TEMPORAL_ADDRESS: '127.0.0.1:7233',
        TEMPORAL_TLS_CLIENT_CERT_PATH: '/cert.pem',
      },
      'TEMPORAL_TLS_CLIENT_KEY_PATH is missing, and needed with TEMPORAL_TLS_CLIENT_CERT_PATH',
    ],
    [
      'a remote Temporal whose name begins like this machine',
      { TEMPORAL_ADDRESS: 'localhost.example.com:7233' },
      NO_CREDENTIAL,
    ],
    ...['my-localhost:7233', 'example.com.127.0.0.1:7233', '127.0.0.1.example.com:7233'].map(
      (address): [string, Record<string, string>, string] => [
        `a remote Temporal whose name contains this machine, ${address}`,
        { TEMPORAL_ADDRESS: address },
        NO_CREDENTIAL,
      ],
    ),
    [
      'Temporal on another machine with a certificate authority only',
      { TEMPORAL_ADDRESS: 'far.example:7233', TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/ca.pem' },
      NO_CREDENTIAL,
    ],
    [
      'a user token in place of the bot token',
      { ...SLACK, SLACK_BOT_TOKEN: 'xoxp-secret' },
      'SLACK_BOT_TOKEN must be the bot token, which begins with xoxb-',
    ],
    [
      'an app token in place of the bot token',
      { ...SLACK, SLACK_BOT_TOKEN: 'xapp-secret' },
      'SLACK_BOT_TOKEN must be the bot token, which begins with xoxb-',
    ],
    [
      'the name of a channel in place of its id',
      { ...SLACK, SLACK_CHANNEL: '#general' },
      'SLACK_CHANNEL must be the id of a channel, such as C0123456789 (at the end of its "About" tab)',
    ],
    [
      'a database that is not Postgres',
      { DATABASE_URL: 'mysql://u:hunter2@h/d' },
      'DATABASE_URL must be an address like postgres://user:password@host:5432/database',
    ],
    [
      'a Temporal address without a port',
      { TEMPORAL_ADDRESS: 'temporal.example.com' },
      'TEMPORAL_ADDRESS must be host:port',
    ],
    [
      'Temporal on another machine without a credential',
      { TEMPORAL_ADDRESS: 'temporal.example.com:7233' },
      NO_CREDENTIAL,
    ],
    [
      'a private key that is cut off',
      { ...GITHUB, GITHUB_APP_PRIVATE_KEY: PEM.slice(0, 200) },
      'GITHUB_APP_PRIVATE_KEY must be the private key (PEM) that GitHub gave you for the app',
    ],
    [
      'a secret key that is too short',
      { CURFEW_SECRET_KEY: 'c2hvcnQ=' },
      'CURFEW_SECRET_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
    ],
    [
      'an undo key that is too short',
      { CURFEW_UNDO_KEYS: `github=${KEY},postgres=c2hvcnQ=` },
      'CURFEW_UNDO_KEYS must give every provider 32 bytes in base64; make a key with: openssl rand -base64 32',
    ],
    [
      'an undo key without the name of its provider',
      { CURFEW_UNDO_KEYS: KEY.replace('=', '') },
      'CURFEW_UNDO_KEYS must be pairs like github=<key>, the name of a provider and its key',
    ],
    [
      'an undo key without a name before its sign',
      { CURFEW_UNDO_KEYS: `=${KEY}` },
      'CURFEW_UNDO_KEYS must be pairs like github=<key>, the name of a provider and its key',
    ],
    [
      'an undo key of an address in place of a provider',
      { CURFEW_UNDO_KEYS: `github.com=${KEY}` },
      'CURFEW_UNDO_KEYS must be pairs like github=<key>, the name of a provider and its key',
    ],
    [
      'one undo key for two providers (T41)',
      { CURFEW_UNDO_KEYS: `github=${KEY},postgres=${KEY.replace('=', '')}` },
      'CURFEW_UNDO_KEYS has one key twice. Each provider needs a key of its own',
    ],
    [
      'the secret key as an undo key (T41)',
      { CURFEW_SECRET_KEY: KEY, CURFEW_UNDO_KEYS: `github=${KEY8},postgres=${KEY}` },
      'CURFEW_UNDO_KEYS has CURFEW_SECRET_KEY as the key of postgres. Every process has that one, so make another',
    ],
    [
      'an older secret key as an undo key (T41)',
      { CURFEW_OLDER_SECRET_KEYS: `${KEY},${KEY8}`, CURFEW_UNDO_KEYS: `github=${KEY9},github=${KEY8}` },
      'CURFEW_UNDO_KEYS has CURFEW_SECRET_KEY as the key of github. Every process has that one, so make another',
    ],
    [
      'a secret key of 16 bytes',
      { CURFEW_SECRET_KEY: Buffer.alloc(16, 7).toString('base64') },
      'CURFEW_SECRET_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
    ],
    [
      'a secret key with a character that base64 does not have',
      { CURFEW_SECRET_KEY: `${KEY.slice(0, 20)}*${KEY.slice(20)}` },
      'CURFEW_SECRET_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
    ],
    [
      'a secret key of 33 bytes',
      { CURFEW_SECRET_KEY: Buffer.alloc(33, 7).toString('base64') },
      'CURFEW_SECRET_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
    ],
    [
      'a file for a setting that is no secret',
      { CURFEW_LOG_LEVEL_FILE: '/log-level' },
      'CURFEW_LOG_LEVEL_FILE is not a setting. .env.example lists them all',
    ],
    [
      'a Postgres target without an address',
      { CURFEW_POSTGRES_TARGETS: 'orders-db=hunter2' },
      'CURFEW_POSTGRES_TARGETS gives "orders-db" an address that Curfew cannot use, because it is not like postgres://user:password@host:5432/database',
    ],
    [
      'a Postgres target without a name',
      { CURFEW_POSTGRES_TARGETS: 'postgres://curfew:hunter2@127.0.0.1/curfew' },
      'CURFEW_POSTGRES_TARGETS must be pairs like orders=postgres://..., the name of letters, digits, "-" and "_"',
    ],
    [
      'a Postgres target that is named twice',
      { CURFEW_POSTGRES_TARGETS: `a=${DB} a=${DB}` },
      'CURFEW_POSTGRES_TARGETS names one database twice',
    ],
    ['a port that is too high', { CURFEW_PORT: '70000' }, 'CURFEW_PORT must be from 0 to 65535'],
    [
      'a port with letters',
      { CURFEW_PORT: '4000 or so' },
      'CURFEW_PORT must be a whole number from 0 to 65535',
    ],
    ['a sweep interval of zero', { CURFEW_SWEEP_SECONDS: '0' }, 'CURFEW_SWEEP_SECONDS must be from 1 to 30'],
    [
      'an unknown log level',
      { CURFEW_LOG_LEVEL: 'loud' },
      'CURFEW_LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent',
    ],
    [
      'a misspelt name',
      { CURFEW_SWEEP_SECOND: '5' },
      'CURFEW_SWEEP_SECOND is not a setting. .env.example lists them all',
    ],
  ])('an invalid setting is refused with one sentence: %s', (_name, env, sentence) => {
    expect(problems(env)).toEqual([sentence]);
  });

  test('all invalid settings are refused at once', () => {
    expect(problems({ CURFEW_PORT: 'x', DATABASE_URL: 'y', CURFEW_LOG_LEVEL: 'z' })).toHaveLength(3);
  });

  test('the value of an invalid setting does not appear in the error', () => {
    const canary = 'canary-9f3a';
    const env = Object.fromEntries(SETTING_NAMES.map((name) => [name, canary]));
    expect(problems(env).length).toBeGreaterThan(8);
    expect(JSON.stringify(readSettings(env))).not.toContain(canary);
  });
});

const secrets = SETTING_NAMES.filter((name) => metaOf(name).secret);

describe('secrets in files', () => {
  test.each(secrets)('%s_FILE is read', (name) => {
    const missing = join(folder, 'missing');
    expect(problems({ [`${name}_FILE`]: missing })).toContain(
      `${name} cannot be read from the file that ${name}_FILE names: ${missing} (ENOENT)`,
    );
  });

  test('the last line end of a file is not part of the secret', () => {
    const env = { DATABASE_URL_FILE: file('url', `${DB}\n`) };
    expect(settings(env)).toEqual(settings({ DATABASE_URL: DB }));
  });

  test('spaces around a secret in a file are part of the secret', () => {
    const env = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY_FILE: file('spaces', ' k \n') };
    expect(settings(env).temporal).toMatchObject({ TEMPORAL_API_KEY: ' k ' });
  });

  test('a setting that is no secret is not read from a file', () => {
    expect(settings({ AWS_REGION_FILE: file('region', 'eu-central-1') })).toEqual(settings({}));
  });

  test('Temporal gets its own settings and no others', () => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:7233', DATABASE_URL: DB, CURFEW_SECRET_KEY: KEY };
    expect(settings(env).temporal).toEqual({ TEMPORAL_ADDRESS: '127.0.0.1:7233' });
  });

  test('the line ends inside a secret are kept', () => {
    const { GITHUB_APP_PRIVATE_KEY: _, ...rest } = GITHUB;
    expect(settings({ ...rest, GITHUB_APP_PRIVATE_KEY_FILE: file('pem', PEM) }).providers).toMatchObject({
      github: { privateKey: PEM.trimEnd() },
    });
  });

  test('a secret that is set both in a file and in the environment is refused, even when both are equal', () => {
    expect(problems({ DATABASE_URL: DB, DATABASE_URL_FILE: file('url', DB) })).toEqual([
      'DATABASE_URL is set twice: itself, and by DATABASE_URL_FILE. Leave one out',
    ]);
  });

  test('an empty file is refused', () => {
    expect(problems({ DATABASE_URL_FILE: file('empty', '\n') })[0]).toMatch(
      /^DATABASE_URL is empty in the file/,
    );
  });

  test('a Temporal API key from a file is passed on as a variable of the environment', () => {
    const env = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY_FILE: file('key', 'k\n') };
    expect(settings(env).temporal).toEqual({ TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'k' });
  });
});

describe('.env', () => {
  test('a variable of the file is used unless the environment already has it', () => {
    writeFileSync(
      join(folder, '.env'),
      'CURFEW_TEST_NEW=file\nCURFEW_TEST_SET=file\nCURFEW_TEST_EMPTY=file\n',
    );
    process.env['CURFEW_TEST_SET'] = 'environment';
    process.env['CURFEW_TEST_EMPTY'] = '';
    loadDotEnv(folder);
    loadDotEnv(join(folder, 'nowhere'));
    expect([process.env['CURFEW_TEST_NEW'], process.env['CURFEW_TEST_SET']]).toEqual(['file', 'environment']);
    expect(process.env['CURFEW_TEST_EMPTY']).toBe('');
    delete process.env['CURFEW_TEST_EMPTY'];
    delete process.env['CURFEW_TEST_NEW'];
    delete process.env['CURFEW_TEST_SET'];
  });
});

describe('.env.example', () => {
  test('the file equals the output of "npm run env:example"', () => {
    expect(readFileSync(resolve('.env.example'), 'utf8')).toBe(renderEnvExample());
  });

  test('the file names every setting', () => {
    for (const name of SETTING_NAMES) expect(renderEnvExample()).toContain(`# ${name}=`);
  });
});

test('two folders of providers cannot declare the same setting, because each would get the value of the other', () => {
  const variable = z.string().optional();
  expect(Object.keys(joinedVariables([{ A: variable }, { B: variable }]))).toEqual(['A', 'B']);
  expect(() => joinedVariables([{ A: variable }, { B: variable }, { A: variable }])).toThrow(
    'the setting A is declared twice',
  );
});
