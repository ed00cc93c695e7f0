import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { trustedKeys } from '../../app/log-keys.ts';
import {
  nameOf,
  partsIn,
  problemsOfEveryPart,
  providersIn,
  whatIsMissing,
  whyNotStarted,
} from '../../app/parts.ts';
import { readUsableSettings } from '../../app/settings/usable.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-parts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PEM = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const [KEY, KEY1, KEY2, KEY3] = [7, 1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [
  string,
  string,
  string,
  string,
];
/** A whole installation in one process. */
const ALL: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://app@127.0.0.1/curfew',
  CURFEW_CONFIG: '/etc/curfew',
  CURFEW_SECRET_KEY: KEY,
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: 'C0123456789',
  AWS_REGION: 'eu-central-1',
  GITHUB_APP_ID: '1',
  GITHUB_APP_PRIVATE_KEY: PEM,
  GITHUB_INSTALLATION_ID: '2',
  CURFEW_UNDO_KEYS: `aws-iam=${KEY1},github=${KEY2}`,
  CURFEW_MANIFEST: 's3://bucket/manifest',
  CURFEW_MANIFEST_KEY: KEY3,
  CURFEW_LOG_NAME: 'curfew.example/log',
  CURFEW_LOG_KEYS: KEY3,
  CURFEW_LOG_PLACES: 'file:/srv/log',
  CURFEW_STREAM: 'stdout:',
  CURFEW_CONSOLE_URL: 'https://curfew.example.com',
  CURFEW_OIDC_ISSUER: 'https://id.example.com',
  CURFEW_OIDC_CLIENT_ID: 'curfew',
  CURFEW_OIDC_CLIENT_SECRET: 'secret',
};
const publicKeysOf = (name: string): readonly string[] =>
  trustedKeys({ name, publicKeys: [], keys: [Buffer.alloc(32, 3).toString('base64url')] }).map(
    ({ text }) => text,
  );
const EVERY_PART = [
  ...['sweeper', 'provider aws-iam', 'provider github', 'answers', 'workflows'],
  ...['sequencer', 'streamer', 'console', 'gateway'],
];
const GONE = join(folder, 'gone');

type Change = Readonly<Record<string, string | undefined>>;
/** A secret whose file is missing. */
const gone = (name: string): Change => ({ [name]: undefined, [`${name}_FILE`]: GONE });

function readWith(change: Change) {
  const usable = readUsableSettings({ ...ALL, ...change });
  const running = {
    ...{ gateway: true, workflows: true, sweeper: true, sequencer: true, streamer: true, console: true },
    providers: providersIn(usable),
  };
  const parts = partsIn(running, usable, false);
  const waiting = parts.filter((part) => whyNotStarted(part, usable) !== undefined);
  return {
    usable,
    parts: parts.map(nameOf),
    waiting: waiting.map(nameOf),
    reasons: waiting.map((part) => whyNotStarted(part, usable) ?? ''),
    less: parts
      .filter((part) => !waiting.includes(part) && whatIsMissing(part, usable).length > 0)
      .map(nameOf),
  };
}

describe('the gateway with an imitation of Slack (T44)', () => {
  const local = {
    SLACK_API_URL: 'http://127.0.0.1:4041/api/',
    ...{ AWS_REGION: '', GITHUB_APP_ID: '', GITHUB_APP_PRIVATE_KEY: '', GITHUB_INSTALLATION_ID: '' },
    ...{ CURFEW_UNDO_KEYS: '', CURFEW_MANIFEST: '', CURFEW_MANIFEST_KEY: '' },
  };
  const database = (address: string): Change => ({
    CURFEW_POSTGRES_TARGETS: `orders=postgres://curfew:x@${address}/orders?sslmode=verify-full`,
    CURFEW_POSTGRES_REPLICAS: 'orders=none',
  });

  test('starts when every service is on this machine', () => {
    expect(readWith({ ...local, ...database('127.0.0.1') }).waiting).not.toContain('gateway');
  });

  test.each<[string, Change]>([
    ['a database of a provider is a real one', database('db.example.com')],
    ['the file with the databases of a provider is missing', gone('CURFEW_POSTGRES_TARGETS')],
    [
      'the second of two settings of providers is wrong',
      { ...database('127.0.0.1'), ...gone('GITHUB_APP_PRIVATE_KEY') },
    ],
  ])('waits when %s', (_what, change) => {
    expect(readWith({ ...local, ...change }).waiting).toContain('gateway');
  });
});

describe('one process for everything', () => {
  test('starts every part with all settings, and none does less than it could', () => {
    const { usable, parts, waiting, less } = readWith({});
    expect([usable.problems, parts, waiting, less]).toEqual([[], EVERY_PART, [], []]);
  });

  const PROVIDERS = ['provider aws-iam', 'provider github'];
  test.each<[string, Change, readonly string[], readonly string[]]>([
    [
      'the file of the key of the log is missing',
      gone('CURFEW_LOG_KEYS'),
      ['sequencer', 'streamer'],
      ['sweeper', ...PROVIDERS, 'console'],
    ],
    [
      'a place of the log is none',
      { CURFEW_LOG_PLACES: 'nowhere:x' },
      ['sequencer', 'streamer'],
      ['sweeper', ...PROVIDERS, 'console'],
    ],
    ['the token of Slack is none', { SLACK_BOT_TOKEN: 'x' }, ['gateway'], []],
    ['the file of the token of Slack is missing', gone('SLACK_APP_TOKEN'), ['gateway'], []],
    ['Slack is not set', { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', SLACK_CHANNEL: '' }, ['gateway'], []],
    ['the address of Temporal is none', { TEMPORAL_ADDRESS: 'x' }, [...PROVIDERS, 'workflows'], []],
    [
      'the file of the key of Temporal is missing',
      { TEMPORAL_ADDRESS: 'temporal.example.com:7233', ...gone('TEMPORAL_API_KEY') },
      [...PROVIDERS, 'workflows'],
      [],
    ],
    ['Temporal is not set', { TEMPORAL_ADDRESS: '' }, [...PROVIDERS, 'workflows'], []],
    [
      'the file of the key of one provider is missing',
      gone('GITHUB_APP_PRIVATE_KEY'),
      ['provider github'],
      ['sweeper'],
    ],
    ['one setting of one provider is missing', { GITHUB_APP_ID: '' }, ['provider github'], ['sweeper']],
    ['one provider has no undo key', { CURFEW_UNDO_KEYS: `aws-iam=${KEY1}` }, ['provider github'], []],
    ['the file of the undo keys is missing', gone('CURFEW_UNDO_KEYS'), PROVIDERS, ['sweeper']],
    ['the file of the key of the manifest is missing', gone('CURFEW_MANIFEST_KEY'), PROVIDERS, ['sweeper']],
    ['the key of the manifest is not set', { CURFEW_MANIFEST_KEY: '' }, PROVIDERS, []],
    ['the file of the secret of the console is missing', gone('CURFEW_OIDC_CLIENT_SECRET'), ['console'], []],
    ['the address of the console is none', { CURFEW_CONSOLE_URL: 'x' }, ['console'], []],
    ['a sink is none', { CURFEW_STREAM: 'nowhere' }, ['streamer'], []],
    [
      'the file of the token of the stream is missing',
      { CURFEW_STREAM: 'https://siem.example.com', ...gone('CURFEW_STREAM_TOKEN') },
      ['streamer'],
      [],
    ],
    ['the port of the demo is none', { CURFEW_PORT: 'x' }, [], []],
    ['a key that only the reaper uses is none', { CURFEW_MANIFEST_PUBLIC_KEYS: 'x' }, [], []],
    ['the login that only "curfew migrate" uses is none', { CURFEW_MIGRATION_DATABASE_URL: 'x' }, [], []],
  ])('runs the sweeper and all else when %s', (_what, change, waiting, less) => {
    const found = readWith(change);
    expect(found.parts).toEqual(EVERY_PART);
    expect([found.waiting, found.less]).toEqual([waiting, less]);
    expect(problemsOfEveryPart(found.usable)).toEqual([]);
    for (const reason of found.reasons) expect(reason).not.toBe('');
  });

  test('the reason names the setting and the file', () => {
    expect(readWith(gone('CURFEW_LOG_KEYS')).reasons[0]).toBe(
      `CURFEW_LOG_KEYS cannot be read from the file that CURFEW_LOG_KEYS_FILE names: ${GONE} (ENOENT)`,
    );
  });

  test('a setting with two mistakes is named once', () => {
    const keys = ['other.example/log', 'third.example/log'].flatMap(publicKeysOf);
    const { problems } = readWith({ CURFEW_LOG_PUBLIC_KEYS: keys.join(',') }).usable;
    expect(problems.map(({ setting }) => setting)).toEqual(['CURFEW_LOG_PUBLIC_KEYS']);
  });

  test('the reason names each setting that is wrong', () => {
    const [reason] = readWith({ SLACK_BOT_TOKEN: 'x', ...gone('SLACK_APP_TOKEN') }).reasons;
    expect(reason).toMatch(
      /^SLACK_BOT_TOKEN .*; SLACK_APP_TOKEN cannot be read|^SLACK_APP_TOKEN cannot be read.*; SLACK_BOT_TOKEN /,
    );
  });

  test('a file that comes later is read', () => {
    const file = join(folder, 'log-key');
    const change = { CURFEW_LOG_KEYS: undefined, CURFEW_LOG_KEYS_FILE: file };
    expect(readWith(change).waiting).toEqual(['sequencer', 'streamer']);
    writeFileSync(file, `${KEY3}\n`);
    expect(readWith(change).waiting).toEqual([]);
  });

  test('has no part for the stream when only the log has a mistake', () => {
    const { parts, waiting } = readWith({ CURFEW_STREAM: '', ...gone('CURFEW_LOG_KEYS') });
    expect([parts.includes('streamer'), waiting]).toEqual([false, ['sequencer']]);
  });

  test('has no part for the log, the stream and the console where they are not set', () => {
    const names = Object.keys(ALL).filter((name) => /^CURFEW_(LOG|STREAM|CONSOLE|OIDC)/.test(name));
    const { parts, waiting } = readWith(Object.fromEntries(names.map((name) => [name, ''])));
    expect([parts, waiting]).toEqual([
      EVERY_PART.filter((part) => !['sequencer', 'streamer', 'console'].includes(part)),
      [],
    ]);
  });

  test('has no sequencer where only the public key of the log is set', () => {
    const { parts, waiting } = readWith({
      CURFEW_LOG_KEYS: '',
      CURFEW_LOG_PUBLIC_KEYS: publicKeysOf(String(ALL['CURFEW_LOG_NAME'])).join(),
    });
    expect([parts, waiting]).toEqual([EVERY_PART.filter((part) => part !== 'sequencer'), []]);
  });

  test('a provider with a wrong setting is left out as a whole, and so is a manifest', () => {
    const { settings } = readWith({ GITHUB_API_URL: 'x', CURFEW_MANIFEST_ENDPOINT: 'x' }).usable;
    expect([Object.keys(settings.providers), settings.manifest]).toEqual([['aws-iam'], undefined]);
  });
});

describe('no part starts', () => {
  test.each<[string, Change, string]>([
    ['the address of the ledger', { DATABASE_URL: 'x' }, 'DATABASE_URL must be an address'],
    ['the secret key', gone('CURFEW_SECRET_KEY'), 'CURFEW_SECRET_KEY cannot be read'],
    ['a name that is no setting', { CURFEW_MANIFST: 'x' }, 'CURFEW_MANIFST is not a setting'],
    ['how often the sweeper sweeps', { CURFEW_SWEEP_SECONDS: 'x' }, 'CURFEW_SWEEP_SECONDS must be'],
    ['the level of the log', { CURFEW_LOG_LEVEL: 'x' }, 'CURFEW_LOG_LEVEL must be'],
    ['the cap of removals', { CURFEW_REMOVAL_CAP: 'x' }, 'CURFEW_REMOVAL_CAP must be'],
  ])('with a mistake in what every part needs: %s', (_what, change, says) => {
    expect(problemsOfEveryPart(readWith(change).usable)).toEqual([expect.stringContaining(says)]);
  });
});

const [NO_KEYS, ONE_KEY] = [
  { keys: [], publicKeys: [] },
  { keys: [], publicKeys: ['a key'] },
];
const OWN_KEY = { keys: ['a key'], publicKeys: [] };
const stream = { sinks: 'stdout:' };
test.each<[string, Parameters<typeof whyNotStarted>[0], object, RegExp]>([
  ['a streamer with the public key only', { kind: 'streamer' }, { stream, log: ONE_KEY }, /^starts$/],
  ['a streamer with the key of the log only', { kind: 'streamer' }, { stream, log: OWN_KEY }, /^starts$/],
  ['a streamer without a key', { kind: 'streamer' }, { stream, log: NO_KEYS }, /CURFEW_LOG_PUBLIC_KEYS/],
  ['a streamer without the log', { kind: 'streamer' }, { stream }, /^The streamer needs/],
  ['a sequencer with the public key only', { kind: 'sequencer' }, { log: ONE_KEY }, /^The sequencer needs/],
  [
    'a provider with the public key only',
    { kind: 'provider', provider: 'github' },
    { log: ONE_KEY },
    /^starts$/,
  ],
  [
    'a provider without a key',
    { kind: 'provider', provider: 'github' },
    { log: NO_KEYS },
    /CURFEW_LOG_PUBLIC_KEYS/,
  ],
  ['a provider without the log', { kind: 'provider', provider: 'github' }, {}, /^starts$/],
  [
    'a provider without its settings',
    { kind: 'provider', provider: 'github' },
    { providers: { 'aws-iam': {} } },
    /^The provider "github" is not configured\. Set its settings \(\.env\.example lists them all\)\.$/,
  ],
])('%s starts, or the process reads what is missing', (_what, part, more, says) => {
  const configured = { providers: { github: {} }, undoKeys: new Map([['github', []]]) };
  const settings = { temporal: {}, ...configured, ...more };
  const usable = { settings, problems: [] } as unknown as Parameters<typeof whyNotStarted>[1];
  expect(whyNotStarted(part, usable) ?? 'starts').toMatch(says);
});

test('a gateway of another Slack starts while a setting is wrong', () => {
  const slack = { apiUrl: 'https://slack.example.com/api/' };
  const problems = [{ setting: 'AWS_REGION', what: 'is wrong' }];
  const usable = { settings: { slack }, problems } as unknown as Parameters<typeof whyNotStarted>[1];
  expect(whyNotStarted({ kind: 'gateway' }, usable)).toBeUndefined();
});
