import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { approveCommand } from '../../cli/commands/approve.ts';
import { requestCommand } from '../../cli/commands/request.ts';
import { verifierKey } from '../../audit/note/vkey.ts';
import { signersOf } from '../../app/log-keys.ts';
import { confirmGranted, confirmRevoked, observed } from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Folder, openFolder, runProgram, startWorkerOf, withEnvironment } from './cli.fixture.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

let folder: Folder;
let worker: ReturnType<typeof startWorkerOf>;
let right: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = await openFolder();
  worker = startWorkerOf(folder);
  const file = join(folder.config, 'people.yaml');
  const people = (await readFile(file, 'utf8')).replaceAll(/(slack: |oidc: |github: )([\w|-]+)/g, '$1$2X');
  await writeFile(file, people.replace('slack: U0CYOKAFR1X', `$&, unix: ${userInfo().username}`));
  right = {
    CURFEW_HOME: folder.home,
    DATABASE_URL: folder.appUrl,
    CURFEW_CONFIG: folder.config,
    CURFEW_SECRET_KEY: KEY,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' },
    AWS_REGION: 'eu-central-1',
    CURFEW_POSTGRES_TARGETS: 'orders=postgres://a:b@127.0.0.1:1/orders',
    ...{ CURFEW_LOG_NAME: 'curfew.example/log', CURFEW_LOG_KEYS: KEY, CURFEW_LOG_PLACES: 'file:/srv/log' },
    CURFEW_CONSOLE_URL: 'https://curfew.example.com',
    ...{ CURFEW_OIDC_ISSUER: 'https://id.example.com', CURFEW_OIDC_CLIENT_ID: 'curfew' },
    CURFEW_OIDC_CLIENT_SECRET: 'x'.repeat(32),
  };
});
afterAll(async () => {
  await worker?.stop();
  await folder?.stop();
});

type Change = Readonly<Record<string, string>>;
const run = (change: Change, ...args: readonly string[]) =>
  withEnvironment({ ...right, ...change }, () => runProgram(args));

let requests = 0;
async function requested(by: string): Promise<RequestId> {
  const words = ['orders-db', '1h', 'incident', `${++requests}`];
  const { out } = await (by === 'cy'
    ? run({}, 'request', ...words)
    : folder.run(requestCommand(), ...words, '--as', by));
  return /req_\w{26}/.exec(out)?.[0] as RequestId;
}
const stateOf = async (id: RequestId) =>
  stateAfter((await folder.ledger.readTrail(id)).map(({ event }) => event));

/** A request of the person at this command line, whose access was granted. */
async function granted(): Promise<RequestId> {
  const id = await requested('cy');
  const state = await stateOf(id);
  const digest = state.kind === 'blank' ? '' : digestToAnswer(state);
  await folder.run(approveCommand(), id, '--as', 'bo', '--digest', digest);
  for (const lease of await folder.ledger.leasesOf(id)) {
    await folder.ledger.intend({ lease, observed, level: 'write', via: 'workflow' });
    await folder.ledger.record(confirmGranted(lease, 'write'));
  }
  return id;
}
async function endedWith(change: Change): Promise<string> {
  const id = await granted();
  const revoked = until('it is being revoked', async () => (await stateOf(id)).kind === 'revoking').then(
    async () => {
      for (const lease of await folder.ledger.leasesOf(id)) await folder.ledger.record(confirmRevoked(lease));
    },
  );
  const { out, err } = await run(change, 'end', id);
  if (out === 'Ended.\n') await revoked;
  return out + err;
}
const said = async (printed: ReturnType<typeof run>): Promise<string> => {
  const { out, err } = await printed;
  return out + err;
};

const otherKey = verifierKey(
  'other.example/log',
  signersOf({ name: 'other.example/log', publicKeys: [], keys: [KEY] })[0]!.privateKey,
).text;

describe('with a wrong setting of another part', () => {
  test.each<[string, Change]>([
    ['the settings of some providers of the catalogue are not set', {}],
    ['a token of Slack is none', { SLACK_BOT_TOKEN: 'x' }],
    ['a setting of Slack is missing', { SLACK_APP_TOKEN: '' }],
    ['Slack is not set', { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', SLACK_CHANNEL: '' }],
    ['the address of Temporal is none', { TEMPORAL_ADDRESS: 'x' }],
    ['Temporal is not set', { TEMPORAL_ADDRESS: '' }],
    ['the file of a key of Temporal is missing', { TEMPORAL_API_KEY_FILE: '/gone' }],
    ['the address of the console is none', { CURFEW_CONSOLE_URL: 'x' }],
    ['a setting of the console is missing', { CURFEW_OIDC_CLIENT_ID: '' }],
    ['the key of the log is none', { CURFEW_LOG_KEYS: 'x' }],
    ['a place of the log is none', { CURFEW_LOG_PLACES: 'nowhere:x' }],
    ['a public key is of another log', { CURFEW_LOG_PUBLIC_KEYS: otherKey }],
    ['a setting of a provider is missing', { GITHUB_APP_ID: '1' }],
    ['the file of the secret key is missing', { CURFEW_SECRET_KEY: '', CURFEW_SECRET_KEY_FILE: '/gone' }],
    ['the place of the manifest is none', { CURFEW_MANIFEST: 'x' }],
    ['a number is none', { CURFEW_SWEEP_SECONDS: 'x' }],
    ['how many people may leave at once is no number', { CURFEW_MOST_LEAVERS: 'x' }],
    ['a name is no setting', { CURFEW_COLOUR: 'red' }],
  ])('every command that ends access or refuses it works when %s (I14)', async (_what, change) => {
    expect({
      end: await endedWith(change),
      withdraw: await said(run(change, 'withdraw', await requested('cy'))),
      deny: await said(run(change, 'deny', await requested('ana'), '--reason', 'no')),
      'end --person': await said(run(change, 'end', '--person', 'cy', '--yes', '0')),
      'findings revoke': await said(run(change, 'findings', 'revoke', 'zzzzzzzz', '--yes')),
      'quarantine end': await said(run(change, 'quarantine', 'end')),
      'locks list': await said(run(change, 'locks', 'list')),
      list: (await run(change, 'list')).code,
    }).toEqual({
      end: 'Ended.\n',
      withdraw: 'Withdrawn.\n',
      deny: 'Denied.\n',
      'end --person': expect.stringContaining('there is nothing to end'),
      'findings revoke': expect.stringContaining('There is no finding'),
      'quarantine end': 'The ledger is not in quarantine.\n',
      'locks list': 'Nothing is locked.\n',
      list: 0,
    });
  });
});

describe('with a wrong setting that it needs', () => {
  const END = ['end', 'zzzzzzzz'];
  test.each<[string, Change, readonly string[], string]>([
    ['the address of the ledger', { DATABASE_URL: 'mysql://x' }, END, 'DATABASE_URL must be'],
    ['the file of that address', { DATABASE_URL: '', DATABASE_URL_FILE: '/gone' }, END, 'DATABASE_URL'],
    [
      'a name with a typing mistake',
      { CURFEW_CONFIG: '', CURFEW_CONFGI: '/etc/curfew' },
      END,
      'CURFEW_CONFGI is not a setting',
    ],
    [
      'the databases of the catalogue',
      { CURFEW_POSTGRES_TARGETS: 'x' },
      ['end', '--person', 'cy', '--yes', '0'],
      'CURFEW_POSTGRES_TARGETS',
    ],
    ['the secret key', { CURFEW_SECRET_KEY: 'x' }, ['password', 'zzzzzzzz', '--print'], 'CURFEW_SECRET_KEY'],
    [
      'an older secret key',
      { CURFEW_OLDER_SECRET_KEYS: 'x' },
      ['password', 'zzzzzzzz', '--print'],
      'CURFEW_OLDER_SECRET_KEYS',
    ],
    [
      'how many people may leave',
      { CURFEW_MOST_LEAVERS: 'x' },
      ['end', '--leavers', '--yes', '0'],
      'CURFEW_MOST_LEAVERS must be',
    ],
    ['the address of the reaper', { CURFEW_POSTGRES_TARGETS: 'x' }, ['reap'], 'CURFEW_POSTGRES_TARGETS'],
    ['a typing mistake of the reaper', { CURFEW_MANIFST: 'x' }, ['reap'], 'CURFEW_MANIFST is not a setting'],
    ['a setting of the manifest', { CURFEW_MANIFEST_KEY: 'x' }, ['reap'], 'CURFEW_MANIFEST_KEY'],
    [
      'the keys of the log',
      { CURFEW_LOG_PUBLIC_KEYS: otherKey },
      ['audit', 'export', '/gone/export'],
      'has a key of the log other',
    ],
    ['the token of Slack', { SLACK_BOT_TOKEN: 'x' }, ['doctor'], 'SLACK_BOT_TOKEN must be'],
  ])('a command names it: %s', async (_what, change, args, words) => {
    const { code, out, err } = await run(change, ...args);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(words) });
    expect(err).toMatch(/^\nThese settings are wrong:/);
  });

  test('people can end their own access while the catalogue cannot be read without that setting (I14)', async () => {
    const change = { CURFEW_POSTGRES_TARGETS: 'x' };
    expect(await endedWith(change)).toBe('Ended.\n');
    expect(await said(run(change, 'withdraw', await requested('cy')))).toBe('Withdrawn.\n');
  });

  test('what reads the audit log works whatever the settings of other parts are', async () => {
    const change = { SLACK_BOT_TOKEN: 'x', TEMPORAL_ADDRESS: 'x', CURFEW_SWEEP_SECONDS: 'x' };
    const { code, err } = await run(change, 'audit', 'export', '/gone/export');
    expect(code).not.toBe(2);
    expect(err).not.toContain('settings are wrong');
  });

  test('the reaper ends access whatever the settings of other parts are (I3)', async () => {
    const change = { SLACK_BOT_TOKEN: 'x', TEMPORAL_ADDRESS: 'x', CURFEW_LOG_PLACES: 'x', DATABASE_URL: 'x' };
    expect((await run(change, 'reap', '--check')).err).not.toContain('settings are wrong');
  });
});
