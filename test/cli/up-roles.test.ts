import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { LedgerRole } from '../../ledger/index.ts';
import { Fault } from '../../core/faults.ts';
import { no, ok } from '../../core/result.ts';
import * as realCheck from '../../app/login-check.ts';
import { trustedKeys } from '../../app/log-keys.ts';
import { UserFacingError } from '../../app/errors.ts';
import { until } from '../until.fixture.ts';
import { removeSignalListeners } from './signals.fixture.ts';

beforeEach(removeSignalListeners);
afterEach(() => {
  removeSignalListeners();
  jest.clearAllMocks();
});

/** What happened in the simulated parts, in order. */
let happened: string[];
let becomeReady: () => void;
let ready: Promise<void>;
beforeEach(() => {
  happened = [];
  ready = new Promise((resolve) => (becomeReady = resolve));
});
/** What stops or closes a part. It takes a moment. */
const ending = (what: string) => async () => {
  happened.push(`${what}…`);
  await Promise.resolve();
  happened.push(`${what}.`);
};
const part = (name: string, isReady = () => Promise.resolve()) =>
  jest.fn(async (..._given: readonly unknown[]) => {
    await isReady();
    return { stop: ending(name) };
  });
const [startGateway, startAnswers, startWorkflows, startProvider] = [
  part('gateway', () => ready),
  part('answers'),
  part('workflows'),
  part('provider'),
];
const [startSweeper, startSequencer, startStreamer, startConsole] = [
  part('sweeper'),
  part('sequencer'),
  part('streamer'),
  part('console'),
];
let policy: unknown;
beforeEach(() => void (policy = ok({ entitlements: new Map() })));
const deps = {
  ledgers: { close: ending('ledger') },
  manifest: {},
  policy: { current: () => Promise.resolve(policy) },
  providers: new Map([
    ['aws-iam', {}],
    ['github', {}],
  ]),
};
const wire = jest.fn((..._given: readonly unknown[]) => deps);
const log = {
  info: (...line: readonly unknown[]) => void happened.push(JSON.stringify(line)),
  warn: (...line: readonly unknown[]) => void happened.push(JSON.stringify(line)),
  error: (...line: readonly unknown[]) => void happened.push(JSON.stringify(line)),
  debug: () => undefined,
};
/** What the check of the login says. */
let login: () => Promise<void>;
beforeEach(() => void (login = () => Promise.resolve()));
const checkLogin = jest.fn((_check: Parameters<typeof realCheck.checkLogin>[0]) => login());
const openLog = jest.fn((..._given: readonly unknown[]) => log);
jest.unstable_mockModule('../../app/gateway.ts', () => ({ startGateway }));
jest.unstable_mockModule('../../app/worker.ts', () => ({ startAnswers, startWorkflows, startProvider }));
jest.unstable_mockModule('../../app/sweeper.ts', () => ({ startSweeper }));
jest.unstable_mockModule('../../app/sequencer.ts', () => ({ startSequencer }));
jest.unstable_mockModule('../../app/streamer.ts', () => ({ startStreamer }));
jest.unstable_mockModule('../../app/console.ts', () => ({ startConsole }));
jest.unstable_mockModule('../../app/wiring.ts', () => ({ wire }));
jest.unstable_mockModule('../../app/login-check.ts', () => ({ ...realCheck, checkLogin }));
jest.unstable_mockModule('../../app/log.ts', () => ({ openLog }));
const { upCommand } = await import('../../cli/commands/up.ts');
const { runCommand, withEnvironment } = await import('./cli.fixture.ts');

const PEM = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const ENV = {
  DATABASE_URL: 'postgres://nobody:none@127.0.0.1:1/none',
  CURFEW_CONFIG: '/etc/curfew',
  CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'),
  CURFEW_SWEEP_SECONDS: '7',
  CURFEW_LOG_LEVEL: 'warn',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  AWS_REGION: 'eu-central-1',
  GITHUB_APP_ID: '1',
  GITHUB_APP_PRIVATE_KEY: PEM,
  GITHUB_INSTALLATION_ID: '2',
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: 'C0123456789',
};
const LOG_KEY = Buffer.alloc(32, 3).toString('base64url');
const LOG = { name: 'curfew.test/log', publicKeys: [], keys: [LOG_KEY] };
const [PUBLIC_KEY = ''] = trustedKeys(LOG).map(({ text }) => text);
/** The settings of the audit log that the process of these roles may have. */
const logOf = (roles: readonly string[]): Readonly<Record<string, string>> => ({
  CURFEW_LOG_NAME: LOG.name,
  CURFEW_LOG_PUBLIC_KEYS: PUBLIC_KEY,
  ...(roles.length === 0 || roles.includes('sequencer')
    ? { CURFEW_LOG_KEYS: LOG_KEY, CURFEW_LOG_PLACES: '/srv/log' }
    : {}),
  ...(roles.length === 0 || roles.includes('streamer') ? { CURFEW_STREAM: 'stdout:' } : {}),
});
const CONSOLE_URL = 'https://curfew.example.com';
/** The settings of the console that the process of these roles may have. Every process may know its address. */
const consoleOf = (roles: readonly string[]): Readonly<Record<string, string>> => ({
  CURFEW_CONSOLE_URL: CONSOLE_URL,
  ...(roles.length === 0 || roles.includes('console')
    ? {
        CURFEW_OIDC_ISSUER: 'https://id.example.com',
        CURFEW_OIDC_CLIENT_ID: 'curfew',
        CURFEW_OIDC_CLIENT_SECRET: 'secret',
      }
    : {}),
});
const [AWS_KEY, GITHUB_KEY] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const UNDO_KEYS = new Map([
  ['aws-iam', [new Uint8Array(AWS_KEY)]],
  ['github', [new Uint8Array(GITHUB_KEY)]],
]);
/** The undo keys that the process of these roles may have. */
const undoKeysOf = (roles: readonly string[]): string =>
  [
    ['aws-iam', AWS_KEY],
    ['github', GITHUB_KEY],
  ]
    .filter(([name]) => roles.length === 0 || roles.includes(`provider:${String(name)}`))
    .map(([name, key]) => `${String(name)}=${(key as Buffer).toString('base64')}`)
    .join(',');
const temporal = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const slack = { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C0123456789' };

/** Runs these roles until all have started, then does the work, and then sends a signal. */
async function whileUp(roles: readonly string[], work: () => unknown = becomeReady) {
  const args = roles.flatMap((role) => ['--role', role]);
  const env = { ...ENV, ...logOf(roles), ...consoleOf(roles), CURFEW_UNDO_KEYS: undoKeysOf(roles) };
  const ended = withEnvironment(env, () => runCommand(upCommand(), args));
  await until('it waits for a signal', () => process.listenerCount('SIGTERM') > 0);
  await new Promise(setImmediate);
  await work();
  await new Promise(setImmediate);
  process.emit('SIGTERM');
  return ended;
}
const STOPPED = { code: 0, out: '', err: '' };

describe('curfew up', () => {
  test('without --role starts every role, each with its connections and settings', async () => {
    expect(await whileUp([])).toEqual(STOPPED);
    expect(openLog).toHaveBeenCalledWith('warn');
    expect(startSweeper.mock.calls).toEqual([[deps, log, 7, { checkMinutes: 15, reconcileMinutes: 30 }]]);
    expect(startAnswers.mock.calls).toEqual([[deps, log]]);
    expect(startWorkflows.mock.calls).toEqual([[{ temporal }, deps, log]]);
    expect(startProvider.mock.calls).toEqual(
      ['aws-iam', 'github'].map((name) => [{ temporal }, deps, log, name]),
    );
    expect(startGateway.mock.calls).toEqual([[{ slack }, deps, log, { consoleUrl: CONSOLE_URL }]]);
    expect(startConsole.mock.calls).toEqual([
      [
        deps,
        log,
        {
          origin: CONSOLE_URL,
          listen: { host: '127.0.0.1', port: 4050 },
          client: {
            issuer: 'https://id.example.com',
            clientId: 'curfew',
            clientSecret: 'secret',
            claim: 'sub',
          },
        },
        expect.objectContaining({ name: LOG.name }),
      ],
    ]);
    expect(startSequencer.mock.calls).toEqual([
      [
        deps,
        log,
        { ...LOG, publicKeys: [PUBLIC_KEY], places: '/srv/log', region: 'eu-central-1' },
        expect.objectContaining({ slack, examineDays: 7 }),
      ],
    ]);
    expect(startStreamer.mock.calls).toEqual([
      [deps, log, expect.objectContaining({ name: LOG.name }), { sinks: 'stdout:' }],
    ]);
    expect(wire.mock.calls).toEqual([
      [
        expect.objectContaining({ databaseUrl: ENV.DATABASE_URL, config: '/etc/curfew' }),
        { split: false, undoKeys: UNDO_KEYS, removalCap: { most: 10, percent: 20 }, mostLeavers: 3 },
      ],
    ]);
  });

  test.each([
    [['gateway'], [1, 0, 0, 0, 0, 0, 0], []],
    [['sequencer'], [0, 0, 0, 0, 1, 0, 0], []],
    [['streamer'], [0, 0, 0, 0, 0, 1, 0], []],
    [['console'], [0, 0, 0, 0, 0, 0, 1], []],
    [['worker'], [0, 1, 1, 0, 0, 0, 0], []],
    [['sweeper'], [0, 0, 0, 1, 0, 0, 0], []],
    [['provider:github'], [0, 0, 0, 0, 0, 0, 0], ['github']],
    [
      ['worker', 'sweeper', 'provider:github', 'provider:aws-iam'],
      [0, 1, 1, 1, 0, 0, 0],
      ['github', 'aws-iam'],
    ],
  ])(
    'with --role %j starts only these roles, and wires them for split processes',
    async (roles, counts, providers) => {
      expect(await whileUp(roles)).toEqual(STOPPED);
      const starts = [
        ...[startGateway, startAnswers, startWorkflows, startSweeper],
        ...[startSequencer, startStreamer, startConsole],
      ];
      expect(starts.map(({ mock }) => mock.calls.length)).toEqual(counts);
      expect(startProvider.mock.calls.map(([, , , name]) => name)).toEqual(providers);
      expect(wire.mock.calls.map(([, given]) => given)).toEqual([
        { split: true, undoKeys: expect.any(Map), removalCap: { most: 10, percent: 20 }, mostLeavers: 3 },
      ]);
    },
  );

  test.each<[string, readonly string[], string]>([
    ['without the undo key of its provider (I14)', ['provider:github'], ''],
    ['with the undo key of another provider (T41)', ['provider:github'], undoKeysOf([])],
    ['as a gateway with an undo key (T41)', ['gateway'], undoKeysOf(['provider:github'])],
    ['as a worker with an undo key (T41)', ['worker'], undoKeysOf(['provider:github'])],
  ])('does not start %s', async (_what, roles, CURFEW_UNDO_KEYS) => {
    const args = roles.flatMap((each) => ['--role', each]);
    expect(
      await withEnvironment({ ...ENV, CURFEW_UNDO_KEYS }, () => runCommand(upCommand(), args)),
    ).toMatchObject({ code: 2, err: expect.stringContaining('CURFEW_UNDO_KEYS has ') });
    for (const start of [startGateway, startAnswers, startProvider]) expect(start).not.toHaveBeenCalled();
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    [
      'the sequencer without its key',
      ['sequencer'],
      logOf(['worker']),
      'The sequencer needs CURFEW_LOG_NAME',
    ],
    ['a gateway with the key of the log', ['gateway'], logOf([]), 'does not run the sequencer'],
    ['a console without its client', ['console'], logOf(['worker']), 'The console needs CURFEW_CONSOLE_URL'],
    [
      'a gateway with the secret of the console',
      ['gateway'],
      { ...logOf(['worker']), ...consoleOf(['console']) },
      'does not run the console',
    ],
    ['a streamer without a sink', ['streamer'], logOf(['worker']), 'The streamer needs CURFEW_STREAM'],
    [
      'a streamer without the public key',
      ['streamer'],
      { CURFEW_LOG_NAME: LOG.name, CURFEW_STREAM: 'stdout:' },
      'CURFEW_LOG_PUBLIC_KEYS is not',
    ],
    [
      'a gateway with the token of the SIEM',
      ['gateway'],
      { ...logOf(['worker']), CURFEW_STREAM: 'stdout:', CURFEW_STREAM_TOKEN: 't' },
      'does not run the streamer',
    ],
    [
      'a provider without the public key',
      ['provider:github'],
      { CURFEW_LOG_NAME: LOG.name },
      'CURFEW_LOG_PUBLIC_KEYS is not',
    ],
  ])('does not start %s', async (_what, roles, settings, says) => {
    const args = roles.flatMap((each) => ['--role', each]);
    const env = { ...ENV, ...settings, CURFEW_UNDO_KEYS: undoKeysOf(roles) };
    expect(await withEnvironment(env, () => runCommand(upCommand(), args))).toMatchObject({
      code: 2,
      err: expect.stringContaining(says),
    });
  });

  test('without the log a provider starts, because it ends access, and says that it grants nothing', async () => {
    const env = { ...ENV, CURFEW_UNDO_KEYS: undoKeysOf(['provider:github']) };
    const ended = withEnvironment(env, () => runCommand(upCommand(), ['--role', 'provider:github']));
    await until('it waits for a signal', () => process.listenerCount('SIGTERM') > 0);
    process.emit('SIGTERM');
    expect(await ended).toEqual(STOPPED);
    expect(happened).toContain(
      '[{},"CURFEW_LOG_NAME is not set, and nothing is granted without the audit log"]',
    );
  });

  test('without the log a process without a provider says nothing of it', async () => {
    const ended = withEnvironment(ENV, () => runCommand(upCommand(), ['--role', 'sweeper']));
    await until('it waits for a signal', () => process.listenerCount('SIGTERM') > 0);
    process.emit('SIGTERM');
    expect(await ended).toEqual(STOPPED);
    expect(happened.filter((line) => line.includes('CURFEW_LOG_NAME'))).toEqual([]);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    [
      'one setting of every part that is wrong',
      ['sweeper'],
      { CURFEW_LOG_LEVEL: 'loud' },
      /^\nThese settings are wrong:\n {2}CURFEW_LOG_LEVEL [^\n]+\n$/,
    ],
    [
      'two settings of every part that are wrong',
      ['sweeper'],
      { CURFEW_LOG_LEVEL: 'loud', CURFEW_COLOUR: 'red' },
      /^\nThese settings are wrong:\n {2}CURFEW_[^\n]+\n {2}CURFEW_[^\n]+\n$/,
    ],
    [
      'a setting of every part that is missing, and one of a part that is wrong',
      ['gateway'],
      { DATABASE_URL: '', SLACK_BOT_TOKEN: 'x' },
      /these settings are missing: DATABASE_URL[^]*\nThese are wrong:\nSLACK_BOT_TOKEN must/,
    ],
    [
      'what keeps two parts from starting, once',
      ['provider:github', 'provider:aws-iam'],
      { TEMPORAL_ADDRESS: 'x', CURFEW_UNDO_KEYS: undoKeysOf([]) },
      /^(?![^]*TEMPORAL_ADDRESS must[^]*TEMPORAL_ADDRESS must)[^]*TEMPORAL_ADDRESS must/,
    ],
  ])('does not start, and names %s', async (_what, roles, settings, says) => {
    const args = roles.flatMap((each) => ['--role', each]);
    expect(await withEnvironment({ ...ENV, ...settings }, () => runCommand(upCommand(), args))).toMatchObject(
      { code: 2, out: '', err: expect.stringMatching(says) },
    );
    expect(checkLogin).not.toHaveBeenCalled();
  });

  test('with a login that lacks a role of one part starts the others, and this one waits', async () => {
    login = async () =>
      checkLogin.mock.lastCall?.[0].onLogin({
        ...{ name: 'app', isOwner: false, missing: ['courier'], excess: [] },
      });
    expect(await whileUp(['gateway', 'sweeper'])).toEqual(STOPPED);
    expect(startSweeper).toHaveBeenCalledTimes(1);
    expect(startGateway).not.toHaveBeenCalled();
  });

  test('with a login that owns the tables does not start (T24)', async () => {
    login = () => Promise.reject(new UserFacingError('It owns the tables.'));
    expect(await withEnvironment(ENV, () => runCommand(upCommand(), ['--role', 'sweeper']))).toEqual({
      code: 1,
      out: '',
      err: '\nIt owns the tables.\n',
    });
    expect(startSweeper).not.toHaveBeenCalled();
    expect(checkLogin.mock.lastCall?.[0]).toMatchObject({ url: ENV.DATABASE_URL, duties: ['sweeper'] });
  });

  test.each<[string[], LedgerRole[]]>([
    [['gateway'], ['gateway', 'courier']],
    [
      ['worker', 'provider:github'],
      ['provider', 'worker'],
    ],
    [[], ['sweeper', 'provider', 'worker', 'sequencer', 'streamer', 'console', 'gateway', 'courier']],
  ])('asks whether its login may act as each of its parts: %j', async (roles, duties) => {
    await whileUp(roles);
    expect(checkLogin.mock.lastCall?.[0].duties).toEqual(duties);
  });

  test('starts while the ledger is unavailable, because it must end access, and checks its login later (I14)', async () => {
    login = () =>
      new Promise(() => checkLogin.mock.lastCall?.[0].onUnavailable(new Fault('ledger-unavailable', 'x')));
    expect(await whileUp(['sweeper'])).toEqual(STOPPED);
    expect(startSweeper).toHaveBeenCalledTimes(1);
    expect(happened).toContain('[{"error":"ledger-unavailable: x"},"the login is not checked yet"]');
    expect(checkLogin.mock.lastCall?.[0].signal.aborted).toBe(true);
  });

  test.each([
    ['gateway', startGateway, 'gateway', 'Look at SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and whether'],
    ['worker', startWorkflows, 'workflows', 'Look at TEMPORAL_ADDRESS, and whether Temporal runs'],
    [
      'provider:github',
      startProvider,
      'provider github',
      'Look at TEMPORAL_ADDRESS, and whether Temporal runs',
    ],
  ] as const)('%s says what to look at when it cannot start', async (role, start, part, says) => {
    start.mockRejectedValueOnce(new Error('refused'));
    await whileUp([role]);
    expect(happened.filter((line) => line.includes('"error"'))).toEqual([
      expect.stringContaining(`[{"part":"${part}","error":"refused. ${says}`),
    ]);
  });

  test('without the manifest names what only Curfew ends, of the providers that it runs', async () => {
    const provider = { parseTarget: ok, enforcementClass: () => 'C' };
    const targets = (name: string) => [name, { id: name, targets: [{ provider: name, spec: {} }] }] as const;
    policy = ok({ entitlements: new Map(['aws-iam', 'github'].map(targets)) });
    const providers = new Map(['aws-iam', 'github'].map((name) => [name, { ...provider, name }]));
    wire.mockReturnValueOnce({ ...deps, manifest: undefined, providers } as never);
    await whileUp(['provider:github']);
    expect(happened.filter((line) => line.includes('CURFEW_MANIFEST is not set'))).toEqual([
      expect.stringContaining('{"needing":["github (github)"]}'),
    ]);
  });

  test('tells the operator that a login may do more than the process needs', async () => {
    login = async () =>
      checkLogin.mock.lastCall?.[0].onLogin({ name: 'app', isOwner: false, missing: [], excess: ['cli'] });
    expect(await whileUp(['sweeper'])).toEqual(STOPPED);
    expect(happened).toContain(
      '[{"login":"app","excess":["cli"]},"the login may do more than this process needs"]',
    );
  });

  test.each<[LedgerRole[], string[]]>([
    [['cli'], []],
    [
      ['reader', 'cli'],
      ['[{"login":"app","excess":["reader"]},"the login may do more than this process needs"]'],
    ],
  ])(
    'one process for everything shares its login with the command line, and warns only of other rights: %j',
    async (excess, warned) => {
      login = async () =>
        checkLogin.mock.lastCall?.[0].onLogin({ name: 'app', isOwner: false, missing: [], excess });
      await whileUp([]);
      expect(happened.filter((line) => line.includes('may do more'))).toEqual(warned);
    },
  );

  test.each([
    ['azure', ''],
    ['gitlab', ' Did you mean "github"?'],
  ])(
    'a provider that does not exist is refused with those that do, also after one of them: %s',
    async (name, guess) => {
      expect(
        await withEnvironment(ENV, () =>
          runCommand(upCommand(), ['--role', 'provider:github', '--role', `provider:${name}`]),
        ),
      ).toEqual({
        code: 2,
        out: '',
        err: `\nThere is no provider "${name}".${guess} There are: aws-iam, curfew, github, postgres.\n`,
      });
      expect(startProvider).not.toHaveBeenCalled();
    },
  );

  test('with the people of the example it does not start, and names each of them with its place', async () => {
    const mistake = (line: number, message: string) => ({ file: 'people.yaml', line, column: 3, message });
    policy = no([
      mistake(2, 'is wrong'),
      { ...mistake(7, 'is an example'), kind: 'example' },
      { ...mistake(11, 'is another'), kind: 'example' },
    ]);
    const env = { ...ENV, CURFEW_UNDO_KEYS: undoKeysOf([]) };
    expect(await withEnvironment(env, () => runCommand(upCommand(), []))).toEqual({
      code: 2,
      out: '',
      err: '\n"curfew up" does not start with the people of the example:\n  people.yaml:7:3: is an example\n  people.yaml:11:3: is another\n',
    });
    expect([startGateway, startAnswers, startSweeper].map(({ mock }) => mock.calls.length)).toEqual([
      0, 0, 0,
    ]);
  });

  test('with another mistake in the policy it starts, because access that is active must still end, and the log names the mistake', async () => {
    policy = no([{ file: 'people.yaml', line: 2, column: 3, message: 'is wrong' }]);
    expect(await whileUp(['sweeper'])).toEqual(STOPPED);
    expect(startSweeper).toHaveBeenCalledTimes(1);
    expect(happened).toContainEqual(
      expect.stringMatching(/"people.yaml:2:3: is wrong".*the policy cannot be read: nothing is granted/),
    );
  });

  test('after a signal stops the gateway, then what works, then the rest, and then closes the ledger', async () => {
    await whileUp([]);
    const stopped = happened.filter((each) => !each.startsWith('['));
    const [gateway, working, rest] = [stopped.slice(0, 2), stopped.slice(2, 10), stopped.slice(10, -2)];
    const ofParts = (...parts: readonly string[]) =>
      parts.flatMap((each) => [`${each}…`, `${each}.`]).toSorted();
    expect(gateway).toEqual(['gateway…', 'gateway.']);
    expect(working.toSorted()).toEqual(ofParts('answers', 'provider', 'provider', 'workflows'));
    expect(rest.toSorted()).toEqual(ofParts('console', 'sequencer', 'streamer', 'sweeper'));
    expect(happened.slice(-3)).toEqual(['ledger…', 'ledger.', '["stopped"]']);
  });

  test.each([
    [[], { roles: 'all', providers: ['aws-iam', 'github'] }],
    [
      ['gateway', 'provider:github'],
      { roles: [{ kind: 'gateway' }, { kind: 'provider', name: 'github' }], providers: ['github'] },
    ],
  ])('the log says what runs when all of it is ready, and not before: %j', async (roles, details) => {
    await whileUp(roles, () => {
      expect(happened).toEqual([]); // the gateway is not ready
      becomeReady();
    });
    expect(happened[0]).toBe(JSON.stringify([details, 'running']));
  });
});
