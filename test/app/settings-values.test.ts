import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { verifierKey } from '../../audit/note/vkey.ts';
import { allConnections } from '../../app/settings/connections-from-settings.ts';
import { metaOf, SETTING_NAMES } from '../../app/settings/schema.ts';
import { readSettings } from '../../app/settings/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const DB = 'postgres://u:hunter2@h/d?sslmode=verify-full';
const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' };
const GITHUB = { GITHUB_APP_ID: '1', GITHUB_APP_PRIVATE_KEY: PEM, GITHUB_INSTALLATION_ID: '2' };
const FAR = { TEMPORAL_ADDRESS: 'far.example:7233' };

type Env = Readonly<Record<string, string>>;
const problems = (env: Env) => {
  const read = readSettings(env);
  return read.ok ? [] : read.error.map(({ setting, what }) => `${setting} ${what}`);
};
function settings(env: Env) {
  const read = readSettings(env);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

describe('a valid value is accepted', () => {
  test.each<[string, Env]>([
    ['the id of a private channel', { ...SLACK, SLACK_CHANNEL: 'G0123456789' }],
    ['the shortest id of a channel', { ...SLACK, SLACK_CHANNEL: 'C0123456' }],
    ['a Web API without TLS', { ...SLACK, SLACK_API_URL: 'http://127.0.0.1:1/api/' }],
    ['the longer name of the protocol of Postgres', { DATABASE_URL: 'postgresql://u@localhost/d' }],
    ['a key in the newer format of PEM', GITHUB],
    ['port 0, for any free port', { CURFEW_PORT: '0' }],
    ['the highest port', { CURFEW_PORT: '65535' }],
    ['the shortest sweep interval', { CURFEW_SWEEP_SECONDS: '1' }],
    ['the longest sweep interval', { CURFEW_SWEEP_SECONDS: '30' }],
    ['the fastest examination of the log', { CURFEW_LOG_EXAMINE_DAYS: '1' }],
    ['the slowest examination of the log', { CURFEW_LOG_EXAMINE_DAYS: '90' }],
    ['every character in the name of a database', { CURFEW_POSTGRES_TARGETS: `Orders_DB-2=${DB} 2=${DB}` }],
    ['Temporal on this machine, by name', { TEMPORAL_ADDRESS: 'localhost:7233' }],
    ['Temporal on this machine, by another address of it', { TEMPORAL_ADDRESS: '127.1.20.255:7233' }],
    ['Temporal on this machine, by IPv6', { TEMPORAL_ADDRESS: '[::1]:7233' }],
    ['Temporal on this machine, without TLS', { TEMPORAL_ADDRESS: 'localhost:7233', TEMPORAL_TLS: 'false' }],
    ['Temporal on another machine, with an API key', { ...FAR, TEMPORAL_API_KEY: 'k' }],
    [
      'Temporal on another machine, with the files of a client certificate',
      { ...FAR, TEMPORAL_TLS_CLIENT_CERT_PATH: '/c', TEMPORAL_TLS_CLIENT_KEY_PATH: '/k' },
    ],
    [
      'Temporal on another machine, with the client certificate itself',
      { ...FAR, TEMPORAL_TLS_CLIENT_CERT_DATA: 'c', TEMPORAL_TLS_CLIENT_KEY_DATA: 'k' },
    ],
    ...['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level): [string, Env] => [
      `the log level ${level}`,
      { CURFEW_LOG_LEVEL: level },
    ]),
  ])('%s', (_what, env) => expect(problems(env)).toEqual([]));
});

const WEB = 'must be an address like https://host/path';
const CHANNEL =
  'SLACK_CHANNEL must be the id of a channel, such as C0123456789 (at the end of its "About" tab)';
const POSTGRES = 'must be an address like postgres://user:password@host:5432/database';
const PAIRS =
  'CURFEW_POSTGRES_TARGETS must be pairs like orders=postgres://..., the name of letters, digits, "-" and "_"';
const CREDENTIAL =
  'TEMPORAL_ADDRESS is on another machine, so it needs TLS and a credential: set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH';

describe('an invalid value is refused with one sentence', () => {
  test.each<[string, Env, string]>([
    [
      'a bot token in place of the app token',
      { ...SLACK, SLACK_APP_TOKEN: 'xoxb-1' },
      'SLACK_APP_TOKEN must be the app-level token, which begins with xapp-',
    ],
    ['a private message in place of a channel', { ...SLACK, SLACK_CHANNEL: 'D0123456789' }, CHANNEL],
    ['an id of a channel that is cut off', { ...SLACK, SLACK_CHANNEL: 'C012345' }, CHANNEL],
    ['an id of a channel in small letters', { ...SLACK, SLACK_CHANNEL: 'c0123456789' }, CHANNEL],
    ['text after the id of a channel', { ...SLACK, SLACK_CHANNEL: 'C0123456789 #general' }, CHANNEL],
    ['text before the id of a channel', { ...SLACK, SLACK_CHANNEL: '#C0123456789' }, CHANNEL],
    ['a Web API that is no web address', { ...SLACK, SLACK_API_URL: 'ftp://h/' }, `SLACK_API_URL ${WEB}`],
    ['a Web API without a protocol', { ...SLACK, SLACK_API_URL: 'slack.com' }, `SLACK_API_URL ${WEB}`],
    ['IAM that is no web address', { AWS_ENDPOINT_URL_IAM: 'iam' }, `AWS_ENDPOINT_URL_IAM ${WEB}`],
    ['GitHub that is no web address', { ...GITHUB, GITHUB_API_URL: 'ssh://h' }, `GITHUB_API_URL ${WEB}`],
    [
      'an owner of the tables in another database system',
      { DATABASE_URL: DB, CURFEW_MIGRATION_DATABASE_URL: 'mysql://u:hunter2@h/d' },
      `CURFEW_MIGRATION_DATABASE_URL ${POSTGRES}`,
    ],
    [
      'a protocol that only begins like that of Postgres',
      { DATABASE_URL: 'postgres-x://h/d' },
      `DATABASE_URL ${POSTGRES}`,
    ],
    [
      'Temporal as a web address',
      { TEMPORAL_ADDRESS: 'http://127.0.0.1:7233' },
      'TEMPORAL_ADDRESS must be host:port',
    ],
    [
      'Temporal with text after the port',
      { TEMPORAL_ADDRESS: '127.0.0.1:7233/path' },
      'TEMPORAL_ADDRESS must be host:port',
    ],
    ['another word for TLS', { ...FAR, TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS must be true or false'],
    ['Temporal with a name of a server only', { ...FAR, TEMPORAL_TLS_SERVER_NAME: 'far' }, CREDENTIAL],
    [
      'the name of a GitHub app in place of its number',
      { ...GITHUB, GITHUB_APP_ID: 'curfew2' },
      'GITHUB_APP_ID must be the number on the settings page of the app',
    ],
    [
      'more than the number of a GitHub app',
      { ...GITHUB, GITHUB_APP_ID: '1 curfew' },
      'GITHUB_APP_ID must be the number on the settings page of the app',
    ],
    [
      'the name of a repository in place of its number',
      { ...GITHUB, GITHUB_DELETED_REPOSITORIES: 'lantern/orders' },
      'GITHUB_DELETED_REPOSITORIES must be the numbers of repositories, with commas between them',
    ],
    [
      'the number of a repository and nothing behind the comma',
      { ...GITHUB, GITHUB_DELETED_REPOSITORIES: '6001,' },
      'GITHUB_DELETED_REPOSITORIES must be the numbers of repositories, with commas between them',
    ],
    [
      'more than the number of a GitHub installation',
      { ...GITHUB, GITHUB_INSTALLATION_ID: '12/permissions' },
      'GITHUB_INSTALLATION_ID must be the number at the end of the address of the installation',
    ],
    [
      'the address of a GitHub installation in place of its number',
      { ...GITHUB, GITHUB_INSTALLATION_ID: 'installations/12' },
      'GITHUB_INSTALLATION_ID must be the number at the end of the address of the installation',
    ],
    [
      'the public key of the app',
      { ...GITHUB, GITHUB_APP_PRIVATE_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
      'GITHUB_APP_PRIVATE_KEY must be the private key (PEM) that GitHub gave you for the app',
    ],
    [
      'the client key of Temporal without its certificate',
      { TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_TLS_CLIENT_KEY_PATH: '/k' },
      'TEMPORAL_TLS_CLIENT_CERT_PATH is missing, and needed with TEMPORAL_TLS_CLIENT_KEY_PATH',
    ],
    [
      'the client certificate of Temporal itself, without its key',
      { ...FAR, TEMPORAL_TLS_CLIENT_CERT_DATA: 'c' },
      'TEMPORAL_TLS_CLIENT_KEY_DATA is missing, and needed with TEMPORAL_TLS_CLIENT_CERT_DATA',
    ],
    ['one good name of a database and one bad', { CURFEW_POSTGRES_TARGETS: `a=${DB} -b=${DB}` }, PAIRS],
    ['a name of a database with a dot', { CURFEW_POSTGRES_TARGETS: `a.b=${DB}` }, PAIRS],
    [
      'one good address of a database and one bad',
      { CURFEW_POSTGRES_TARGETS: `a=${DB} b=mysql://h/d` },
      'CURFEW_POSTGRES_TARGETS gives "b" an address that Curfew cannot use, because it is not like postgres://user:password@host:5432/database',
    ],
    ...[
      'user=u',
      'password=hunter2',
      'passfile=/p',
      'sslkey=/k',
      'sslpassword=p',
      'service=s',
      'options=-cx=1',
    ].map((parameter): [string, Env, string] => [
      `an address of a database with the parameter ${parameter}`,
      { CURFEW_POSTGRES_TARGETS: `a=${DB} b=${DB}&${parameter}` },
      `CURFEW_POSTGRES_TARGETS gives "b" an address that Curfew cannot use, because it has the parameter "${parameter.split('=')[0]}". Only sslmode, sslrootcert, host, port are allowed, and the login is written before the host`,
    ]),
    [
      'an address of a database with several hosts',
      { CURFEW_POSTGRES_TARGETS: 'a=postgres://u:hunter2@h1:5432,h2:5432/d' },
      'CURFEW_POSTGRES_TARGETS gives "a" an address that Curfew cannot use, because it names several hosts. Name the one that always leads to the primary, and name each read replica in CURFEW_POSTGRES_REPLICAS',
    ],
    [
      'an address of a database without its name, which is no address either',
      { CURFEW_POSTGRES_TARGETS: 'postgres://u:hunter2@h1,h2/d' },
      PAIRS,
    ],
    [
      'read replicas without their databases',
      { CURFEW_POSTGRES_REPLICAS: 'a=none' },
      'CURFEW_POSTGRES_TARGETS is missing, and needed with CURFEW_POSTGRES_REPLICAS',
    ],
    [
      'a read replica of an unknown database',
      { CURFEW_POSTGRES_TARGETS: `a=${DB}`, CURFEW_POSTGRES_REPLICAS: `a=${DB} b=none` },
      'CURFEW_POSTGRES_REPLICAS names "b", which is none of the databases in CURFEW_POSTGRES_TARGETS',
    ],
    [
      'an unknown database whose server is gone',
      { CURFEW_POSTGRES_TARGETS: `a=${DB}`, CURFEW_POSTGRES_GONE: 'a b' },
      'CURFEW_POSTGRES_GONE names "b", which is none of the databases in CURFEW_POSTGRES_TARGETS',
    ],
    [
      'a database that has a read replica and none',
      { CURFEW_POSTGRES_TARGETS: `a=${DB}`, CURFEW_POSTGRES_REPLICAS: `a=none a=${DB}` },
      'CURFEW_POSTGRES_REPLICAS says "none" of a database and names a replica of it',
    ],
    [
      'an address of a read replica with a parameter',
      { CURFEW_POSTGRES_TARGETS: `a=${DB}`, CURFEW_POSTGRES_REPLICAS: `a=${DB}&password=hunter2` },
      'CURFEW_POSTGRES_REPLICAS gives "a" an address that Curfew cannot use, because it has the parameter "password". Only sslmode, sslrootcert, host, port are allowed, and the login is written before the host',
    ],
    ['a port that is one too high', { CURFEW_PORT: '65536' }, 'CURFEW_PORT must be from 0 to 65535'],
    ['a port below 0', { CURFEW_PORT: '-1' }, 'CURFEW_PORT must be a whole number from 0 to 65535'],
    [
      'a sweep interval that is one second too long',
      { CURFEW_SWEEP_SECONDS: '31' },
      'CURFEW_SWEEP_SECONDS must be from 1 to 30',
    ],
    [
      'an examination of the log that is never made',
      { CURFEW_LOG_EXAMINE_DAYS: '0' },
      'CURFEW_LOG_EXAMINE_DAYS must be from 1 to 90',
    ],
    [
      'an examination of the log that is one day too slow',
      { CURFEW_LOG_EXAMINE_DAYS: '91' },
      'CURFEW_LOG_EXAMINE_DAYS must be from 1 to 90',
    ],
    [
      'a sweep interval with a unit',
      { CURFEW_SWEEP_SECONDS: '15s' },
      'CURFEW_SWEEP_SECONDS must be a whole number of seconds from 1 to 30',
    ],
  ])('%s', (_what, env, sentence) => expect(problems(env)).toEqual([sentence]));
});

const VERIFY =
  'must have sslmode=verify-full for a server on another machine: it encrypts, and checks the certificate and the name of the server (without uselibpqcompat, sslmode=require and verify-ca do the same)';
const HTTPS = 'must begin with https:// for a server on another machine';
const LEDGER = 'postgres://u:hunter2@db.example.com/d';

describe('a connection to another machine must be encrypted, and its other end verified', () => {
  test.each<[string, Env, readonly string[]]>([
    ['Slack', { ...SLACK, SLACK_API_URL: 'http://slack.example/api/' }, [`SLACK_API_URL ${HTTPS}`]],
    ['IAM', { AWS_ENDPOINT_URL_IAM: 'http://iam.example' }, [`AWS_ENDPOINT_URL_IAM ${HTTPS}`]],
    ['GitHub', { ...GITHUB, GITHUB_API_URL: 'http://127.0.0.1.example' }, [`GITHUB_API_URL ${HTTPS}`]],
    ...['', '?sslmode=disable', '?sslmode=allow', '?sslmode=prefer', '?sslmode=no-verify', '?ssl=true'].map(
      (parameters): [string, Env, readonly string[]] => [
        `a ledger with "${parameters}"`,
        { DATABASE_URL: `${LEDGER}${parameters}` },
        [`DATABASE_URL ${VERIFY}`],
      ],
    ),
    [
      'a ledger whose last sslmode counts, as for the driver',
      { DATABASE_URL: `${LEDGER}?sslmode=verify-full&sslmode=disable` },
      [`DATABASE_URL ${VERIFY}`],
    ],
    [
      'a ledger whose host is in the parameters',
      { DATABASE_URL: 'postgres://u@127.0.0.1/d?host=db.example.com' },
      [`DATABASE_URL ${VERIFY}`],
    ],
    ...['require', 'verify-ca'].map((mode): [string, Env, readonly string[]] => [
      `a ledger with sslmode=${mode} as libpq has it, which does not check the name of the server`,
      { DATABASE_URL: `${LEDGER}?uselibpqcompat=true&sslmode=${mode}` },
      [`DATABASE_URL ${VERIFY}`],
    ]),
    [
      'the owner of the ledger',
      { DATABASE_URL: DB, CURFEW_MIGRATION_DATABASE_URL: LEDGER },
      [`CURFEW_MIGRATION_DATABASE_URL ${VERIFY}`],
    ],
    [
      'two of three databases, each by its name',
      { CURFEW_POSTGRES_TARGETS: `a=${LEDGER} b=${DB} c=${LEDGER}?sslmode=prefer` },
      ['a', 'c'].map(
        (name) => `CURFEW_POSTGRES_TARGETS ${VERIFY.replace(' for a', ` in the address of "${name}" for a`)}`,
      ),
    ],
    [
      'a read replica',
      {
        CURFEW_POSTGRES_TARGETS: `a=${DB} b=${DB}`,
        CURFEW_POSTGRES_REPLICAS: `a=postgres://db.example.com/d b=none`,
      },
      [`CURFEW_POSTGRES_REPLICAS ${VERIFY.replace(' for a', ' in the address of "a" for a')}`],
    ],
    [
      'Temporal without TLS, also with an API key, which nobody could keep secret',
      { ...FAR, TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'k' },
      ['TEMPORAL_TLS must not be false for a server on another machine'],
    ],
    ['Temporal with TLS alone', { ...FAR, TEMPORAL_TLS: 'true' }, [CREDENTIAL]],
  ])('%s', (_what, env, sentences) => {
    expect(problems(env)).toEqual(sentences);
    expect(sentences.join()).not.toContain('hunter2');
  });

  test.each<[string, Env]>([
    ...['require', 'verify-ca', 'verify-full'].map((mode): [string, Env] => [
      `a ledger with sslmode=${mode}`,
      { DATABASE_URL: `${LEDGER}?sslmode=${mode}` },
    ]),
    [
      'a ledger that is verified as libpq does it',
      { DATABASE_URL: `${LEDGER}?uselibpqcompat=true&sslmode=verify-full` },
    ],
    ['a ledger on this machine', { DATABASE_URL: 'postgres://u@localhost/d?sslmode=disable' }],
    ['a database at a socket', { CURFEW_POSTGRES_TARGETS: 'a=postgres:///d?host=/var/run/postgresql' }],
    [
      'a database at a socket of Cloud SQL',
      { CURFEW_POSTGRES_TARGETS: 'a=postgres://u:p@/d?host=/cloudsql/a:b:c' },
    ],
    ['a GitHub Enterprise', { ...GITHUB, GITHUB_API_URL: 'https://ghe.example/api/v3' }],
    ['vendors on this machine', { AWS_ENDPOINT_URL_IAM: 'http://localhost:5000', AWS_REGION: 'r' }],
  ])('and %s is accepted', (_what, env) => expect(problems(env)).toEqual([]));
});

describe('the driver of Postgres', () => {
  test('checks no name of a server with sslmode=verify-ca as libpq has it, which is refused', () => {
    const certificate = join(folder, 'ca.pem');
    writeFileSync(certificate, 'a certificate');
    const tls = tlsFor(`sslmode=verify-ca&uselibpqcompat=true&sslrootcert=${certificate}`);
    expect(tls).toMatchObject({ checkServerIdentity: expect.any(Function) });
  });

  /** What it gives to Node's TLS, which verifies unless `rejectUnauthorized` is false. */
  function tlsFor(parameters: string): unknown {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const client = new pg.Client({ connectionString: `${LEDGER}?${parameters}` });
    warned.mockRestore();
    return (client as unknown as { ssl: unknown }).ssl;
  }

  test.each(['sslmode=require', 'sslmode=verify-ca', 'sslmode=verify-full'])(
    'encrypts and verifies with %s, which is accepted',
    (parameters) => expect(tlsFor(parameters)).toEqual({}),
  );

  test.each([
    ['sslmode=disable', false],
    ['sslmode=no-verify', { rejectUnauthorized: false }],
    ['sslmode=require&uselibpqcompat=true', { rejectUnauthorized: false }],
    ['', false],
  ])('does not with "%s", which is refused', (parameters, expected) =>
    expect(tlsFor(parameters)).toEqual(expected),
  );
});

const IMITATED = { ...SLACK, SLACK_API_URL: 'http://127.0.0.1:1/api/' };
const behind = (settings: string) =>
  `SLACK_API_URL is on this machine, so it is an imitation of Slack, which asks nobody who they are. Leave it out, or let every service be on this machine: ${settings}`;

describe('behind an imitation of Slack, which asks nobody who they are, there is no real service (T44)', () => {
  const LOCAL = {
    DATABASE_URL: 'postgres://u@127.0.0.1:1/d',
    CURFEW_POSTGRES_TARGETS: 'orders=postgres://u@localhost/orders',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    AWS_REGION: 'r',
    AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:2',
    ...GITHUB,
    GITHUB_API_URL: 'http://127.0.0.1:3',
  };
  test('services on this machine are accepted', () => {
    expect(problems({ ...IMITATED, ...LOCAL })).toEqual([]);
  });

  test.each<[string, Env, string]>([
    ['a ledger', { DATABASE_URL: DB }, 'DATABASE_URL'],
    ['the owner of the ledger', { CURFEW_MIGRATION_DATABASE_URL: DB }, 'CURFEW_MIGRATION_DATABASE_URL'],
    [
      'the second of two databases',
      { CURFEW_POSTGRES_TARGETS: `a=postgres://u@127.0.0.1/a b=${DB}` },
      'CURFEW_POSTGRES_TARGETS',
    ],
    ['Temporal', { ...FAR, TEMPORAL_API_KEY: 'k' }, 'TEMPORAL_ADDRESS'],
    ['AWS itself', { AWS_ENDPOINT_URL_IAM: '' }, 'AWS_ENDPOINT_URL_IAM'],
    ['GitHub itself', { GITHUB_API_URL: '' }, 'GITHUB_API_URL'],
    [
      'each of two databases, in one setting,',
      { CURFEW_POSTGRES_TARGETS: `a=${DB} b=${DB}` },
      'CURFEW_POSTGRES_TARGETS',
    ],
    [
      'several of them',
      { DATABASE_URL: DB, GITHUB_API_URL: 'https://ghe.example' },
      'DATABASE_URL, GITHUB_API_URL',
    ],
  ])('%s on another machine is refused', (_what, env, settings) => {
    expect(problems({ ...IMITATED, ...LOCAL, ...env })).toEqual([behind(settings)]);
  });
});

describe('every public key is one of the log', () => {
  const keyOf = (name: string) => verifierKey(name, generateKeyPairSync('ed25519').publicKey).text;
  const OWN = 'curfew.example.com/log';
  test.each<[string, readonly string[]]>([
    ['two keys of the log', [OWN, OWN]],
    ['a first key of another log', ['b', OWN, OWN]],
    ['a second key of another log', [OWN, 'b', OWN]],
    ['two keys of other logs, each named', [OWN, 'b', 'c']],
  ])('%s', (_what, names) =>
    expect(problems({ CURFEW_LOG_NAME: OWN, CURFEW_LOG_PUBLIC_KEYS: names.map(keyOf).join(',') })).toEqual(
      names
        .filter((name) => name !== OWN)
        .map((name) => `CURFEW_LOG_PUBLIC_KEYS has a key of the log ${name}, and not of ${OWN}`),
    ),
  );
});

describe('all problems are told at once, in their order', () => {
  test.each<[string, Env, readonly string[]]>([
    [
      'several names that are no settings, and a value that is wrong',
      { CURFEW_SWEEP: '1', CURFEW_LOGLEVEL: 'info', CURFEW_PORT: '-1' },
      [
        'CURFEW_SWEEP is not a setting. .env.example lists them all',
        'CURFEW_LOGLEVEL is not a setting. .env.example lists them all',
        'CURFEW_PORT must be a whole number from 0 to 65535',
      ],
    ],
    [
      'a name that is no setting, two groups that are not complete, and a Temporal without a credential',
      { CURFEW_SWEEP: '1', SLACK_CHANNEL: 'C0123456789', AWS_ACCESS_KEY_ID: 'a', ...FAR },
      [
        'CURFEW_SWEEP is not a setting. .env.example lists them all',
        'SLACK_BOT_TOKEN is missing, and needed with SLACK_CHANNEL',
        'SLACK_APP_TOKEN is missing, and needed with SLACK_CHANNEL',
        'AWS_SECRET_ACCESS_KEY is missing, and needed with AWS_ACCESS_KEY_ID',
        CREDENTIAL,
      ],
    ],
  ])('%s', (_what, env, sentences) => expect(problems(env)).toEqual(sentences));
});

describe('a value arrives where it is used', () => {
  // These bytes use each character that the two alphabets of base64 do not share.
  const BYTES = Buffer.alloc(32, 0xfb);
  test.each([
    ['of openssl', BYTES.toString('base64')],
    ['without the padding', BYTES.toString('base64').replace('=', '')],
    ['for web addresses', BYTES.toString('base64url')],
    ['for web addresses, with padding', `${BYTES.toString('base64url')}=`],
  ])('a secret key in base64 %s', (_what, key) =>
    expect(settings({ CURFEW_SECRET_KEY: key }).secretKey).toEqual(new Uint8Array(BYTES)),
  );

  test('the log level is the one that was set', () =>
    expect(settings({ CURFEW_LOG_LEVEL: 'warn' }).logLevel).toBe('warn'));

  test('a relative home becomes absolute', () =>
    expect(settings({ CURFEW_HOME: 'elsewhere' }).home).toBe(resolve('elsewhere')));

  test('only one line end is taken from the end of a file, also one of Windows', () => {
    const file = join(folder, 'key');
    const keyIn = (text: string) => {
      writeFileSync(file, text);
      return settings({ ...FAR, TEMPORAL_API_KEY_FILE: file }).temporal?.['TEMPORAL_API_KEY'];
    };
    expect(['k', 'k\n', 'k\r\n', 'k\n\n', 'k\t\n'].map(keyIn)).toEqual(['k', 'k', 'k', 'k\n', 'k\t']);
  });

  test.each(SETTING_NAMES.filter((name) => metaOf(name).secret))('%s can be read from a file', (name) => {
    const file = join(folder, 'absent');
    expect(problems({ [`${name}_FILE`]: file })).toEqual([
      `${name} cannot be read from the file that ${name}_FILE names: ${file} (ENOENT)`,
    ]);
  });

  test('an empty variable is absent, beside the file of the secret and in place of it', () => {
    const file = join(folder, 'url');
    writeFileSync(file, DB);
    expect(settings({ DATABASE_URL: '', DATABASE_URL_FILE: file })).toEqual(settings({ DATABASE_URL: DB }));
    expect(settings({ DATABASE_URL: DB, DATABASE_URL_FILE: '' })).toEqual(settings({ DATABASE_URL: DB }));
  });

  test('every setting of Temporal reaches its client', () => {
    const env = {
      ...{ ...FAR, TEMPORAL_NAMESPACE: 'n', TEMPORAL_API_KEY: 'a', TEMPORAL_TLS: 'true' },
      ...{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/c', TEMPORAL_TLS_CLIENT_KEY_PATH: '/k' },
      ...{ TEMPORAL_TLS_CLIENT_CERT_DATA: 'c', TEMPORAL_TLS_CLIENT_KEY_DATA: 'k' },
      ...{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/s', TEMPORAL_TLS_SERVER_CA_CERT_DATA: 's' },
      TEMPORAL_TLS_SERVER_NAME: 'far',
    };
    expect(Object.keys(env).sort()).toEqual(
      SETTING_NAMES.filter((name) => name.startsWith('TEMPORAL_')).sort(),
    );
    expect(settings(env).temporal).toEqual(env);
  });

  test('the connections have the providers of the settings', () => {
    const all = allConnections(
      settings({
        ...SLACK,
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        DATABASE_URL: DB,
        CURFEW_CONFIG: folder,
        CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'),
        CURFEW_POSTGRES_TARGETS: `orders=${DB}`,
        AWS_REGION: 'r',
      }),
    );
    expect(all.ok && all.value.providers).toEqual({
      'aws-iam': { region: 'r' },
      postgres: { databases: { orders: DB } },
    });
  });

  test('all connections name every setting that is missing', () => {
    expect(allConnections(settings({}))).toEqual({
      ok: false,
      error: [
        'DATABASE_URL',
        'CURFEW_CONFIG',
        'CURFEW_SECRET_KEY',
        'TEMPORAL_ADDRESS',
        'SLACK_BOT_TOKEN',
        'SLACK_APP_TOKEN',
        'SLACK_CHANNEL',
      ],
    });
  });
});
