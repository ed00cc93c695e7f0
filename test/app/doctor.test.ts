import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { RealConnections } from '../../app/connections.ts';
import { examine } from '../../app/doctor.ts';
import { leaseIdOf } from '../../core/ids.ts';
import { LEASE_STATES } from '../../core/lease.ts';
import { no, ok } from '../../core/result.ts';
import type { Preflight, Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { request } from '../core/request/request.fixture.ts';

beforeEach(() => void jest.spyOn(console, 'warn').mockImplementation(() => undefined)); // Slack's client warns.
afterEach(() => void jest.restoreAllMocks());

const CONNECTIONS = {
  temporal: { TEMPORAL_ADDRESS: process.env['TEST_TEMPORAL_ADDRESS'] ?? '' },
  slack: { botToken: 'xoxb-1', apiUrl: 'http://127.0.0.1:1/api/' },
  config: '/etc/curfew',
} as unknown as RealConnections;

type Backlog = Readonly<{ clicks: number; notifications: number; fault?: string }>;
type Ledger = Readonly<{
  skewMs?: number;
  overdue?: readonly object[] | Error;
  backlog?: Backlog | Error;
  over?: readonly object[];
  waiting?: readonly object[];
}>;
const given = <T>(what: T | Error): Promise<T> =>
  what instanceof Error ? Promise.reject(what) : Promise.resolve(what);

/** What the doctor finds when the ledger and the policy say this. Slack does not answer. */
async function found(
  part: string,
  {
    ledger: {
      skewMs = 0,
      overdue = [],
      backlog = { clicks: 0, notifications: 0 },
      over = [],
      waiting = [],
    } = {},
    policy = ok({ entitlements: new Map(), directory: { people: new Map() } }),
    providers = [],
    temporal = CONNECTIONS.temporal,
    consoleUrl,
  }: Readonly<{
    ledger?: Ledger;
    policy?: unknown;
    providers?: readonly Provider[];
    temporal?: RealConnections['temporal'];
    consoleUrl?: string;
  }>,
) {
  const ledger = {
    now: () => {
      const now = Date.now();
      const clock = jest.spyOn(Date, 'now').mockReturnValue(now); // No time passes between the two clocks.
      setImmediate(() => clock.mockRestore());
      return Promise.resolve(now + skewMs);
    },
    overdueLeases: () => given(overdue),
    backlog: () => given(backlog),
    readQuarantine: () => Promise.resolve(undefined),
    overLimits: () => Promise.resolve(over),
    waitingGrants: () => Promise.resolve(waiting),
  };
  const deps = {
    ledger,
    policy: { current: () => Promise.resolve(policy) },
    providers: new Map(providers.map((each) => [each.name, each])),
  } as unknown as Deps;
  const all = await examine({
    deps,
    connections: { ...CONNECTIONS, temporal, ...(consoleUrl === undefined ? {} : { consoleUrl }) },
  });
  return all.filter((each) => each.part === part).map(({ state, what }) => [state, what]);
}
const RIGHT = ['ok', 'The database answers and its clock is right.'];
const wrongBy = (seconds: string) => [
  'warning',
  `The clock of the database differs from the clock of this machine by ${seconds} s. Nothing is granted until both are right.`,
];

test.each([
  [0, RIGHT],
  [2_000, RIGHT],
  [-2_000, RIGHT],
  [2_001, wrongBy('2.0')],
  [-2_001, wrongBy('2.0')],
  [61_250, wrongBy('61.3')],
])('a difference of %i ms between the clocks is reported when it is more than 2 s', async (skewMs, line) => {
  expect(await found('ledger', { ledger: { skewMs } })).toEqual([line]);
});

test('every overdue lease has its line, after those of the clicks and the messages', async () => {
  const [first, second] = [leaseIdOf(request, 0), leaseIdOf(request, 1)];
  const ledger: Ledger = {
    overdue: [
      { lease: first, state: 'granted', fault: 'away' },
      { lease: second, state: 'intended', fault: null },
    ],
    backlog: { clicks: 1, notifications: 2, fault: 'not_in_channel' },
  };
  expect(await found('ledger', { ledger })).toEqual([
    RIGHT,
    ['warning', '1 click without an answer for over a minute. Do the gateway and a worker run?'],
    ['warning', '2 Slack messages not sent yet: not_in_channel'],
    ['warning', `${first} should have ended, but its state is still granted: away`],
    ['warning', `${second} should have ended, but its state is still intended.`],
  ]);
});

test('one line names who tried something above the limit of one person', async () => {
  const over = [
    { who: 'ana', kind: 'open-review', over: 30 },
    { who: 'slack:U9', kind: 'request', over: 2 },
  ];
  expect(await found('ledger', { ledger: { over } })).toEqual([
    RIGHT,
    [
      'note',
      'Above the limit of one person: 30 attempts of the kind open-review by ana; 2 attempts of the kind request by slack:U9 were refused. Is it a script?',
    ],
  ]);
});

test('it names the approved grants that wait, and warns when nothing else will end the wait (F31)', async () => {
  const waiting = [
    { fault: 'log-behind', provider: 'github', leases: 3 },
    { fault: 'not-tried', provider: 'postgres', leases: 1 },
  ];
  expect(await found('ledger', { ledger: { waiting } })).toEqual([
    RIGHT,
    ['note', '3 approved grants wait for the audit log: no published checkpoint has the approval yet.'],
    [
      'warning',
      '1 approved grant waits for a first attempt at postgres: the part of Curfew that grants there, or Temporal, may not run.',
    ],
  ]);
});

test.each<[string, Ledger]>([
  ['the overdue leases', { overdue: new Error('no overdue leases') }],
  ['what waits', { backlog: new Error('no backlog') }],
])('a ledger that tells the time, but not %s, is broken', async (_what, ledger) => {
  expect(await found('ledger', { ledger })).toEqual([['broken', expect.stringMatching(/^no /)]]);
});

test.each(LEASE_STATES.filter((state) => state !== 'revoked'))(
  'an overdue lease in the state %s has its line',
  async (state) => {
    const ledger: Ledger = { overdue: [{ lease: leaseIdOf(request, 0), state, fault: null }] };
    expect(await found('ledger', { ledger })).toContainEqual([
      'warning',
      `${leaseIdOf(request, 0)} should have ended, but its state is still ${state}.`,
    ]);
  },
);

test.each([
  [1, 2, '1 entitlement and 2 people in /etc/curfew'],
  [2, 0, '2 entitlements and 0 people in /etc/curfew'],
])('the doctor counts %i entitlements and %i people', async (entitlements, people, what) => {
  const mapOf = (size: number) => new Map(Array.from({ length: size }, (_, n) => [n, n]));
  const directory = { people: mapOf(people), groups: new Map() };
  const policy = ok({ entitlements: mapOf(entitlements), directory, auditors: [] });
  expect(await found('policy', { policy })).toEqual([['ok', what]]);
});

test('who has a role of Curfew permanently is named, and nobody who left', async () => {
  const people = new Map(
    ['ana', 'bo', 'dan', 'sam'].map((id) => [id, { id, active: id !== 'dan' }] as const),
  );
  const directory = { people, groups: new Map([['auditors', new Set(['bo', 'dan'])]]) };
  const policy = ok({
    ...{ entitlements: new Map(), directory, auditors: [{ kind: 'group', group: 'auditors' }] },
    security: { needs: 2, people: ['sam', 'bo'].map((person) => ({ kind: 'person', person })) },
  });
  expect(await found('policy', { policy })).toContainEqual([
    'note',
    'These people have a role of Curfew permanently, by "auditors" and "security" in catalogue.yaml: bo (auditor, security), sam (security). An entitlement can give a role for a limited time instead (docs/policy.md).',
  ]);
});

test('every mistake of the policy has its line', async () => {
  const mistake = (file: string) => ({ file, line: 2, column: 3, message: 'is wrong' });
  const policy = no([mistake('people.yaml'), mistake('catalogue.yaml')]);
  expect(await found('policy', { policy })).toEqual([
    ['broken', 'people.yaml:2:3: is wrong'],
    ['broken', 'catalogue.yaml:2:3: is wrong'],
  ]);
});

test('a provider is broken when it does not answer, and it and Slack have 8 s to answer', async () => {
  const asked: number[] = [];
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (asked.push(ms), timeout(1)));
  const preflight = (_asked: unknown, signal: AbortSignal) =>
    new Promise<Preflight>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('no answer in time'))),
    );
  const silent = { name: 'silent', preflight } as unknown as Provider;
  expect(await found('silent', { providers: [silent] })).toEqual([['broken', 'no answer in time']]);
  expect(asked).toEqual([8_000, 8_000]);
});

test('a console that does not answer is broken', async () => {
  expect(await found('console', { consoleUrl: 'http://127.0.0.1:1' })).toEqual([
    ['broken', expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 does not answer: /)],
  ]);
  expect(await found('console', {})).toEqual([]);
});

test('the connection to a Temporal that does not answer is closed too', async () => {
  const closed = jest.spyOn(Connection.prototype, 'close');
  const temporal = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  expect(await found('temporal', { temporal })).toEqual([
    ['broken', expect.stringMatching(/^Temporal does not answer at 127\.0\.0\.1:1 \(TEMPORAL_ADDRESS\): /)],
  ]);
  expect(closed).toHaveBeenCalledTimes(1);
});

test('a namespace that Temporal does not have is broken', async () => {
  const temporal = { ...CONNECTIONS.temporal, TEMPORAL_NAMESPACE: 'misspelt' };
  expect(await found('temporal', { temporal })).toEqual([
    ['broken', expect.stringMatching(/^Temporal has no namespace "misspelt". Create it, or correct/)],
  ]);
});

test('Temporal has 8 s to answer, and the connection to it is closed, so that the command ends', async () => {
  const asked = jest.spyOn(Client.prototype, 'withDeadline');
  const closed = jest.spyOn(Connection.prototype, 'close');
  const before = Date.now();
  expect(await found('temporal', {})).toEqual([['ok', 'Temporal answers and has the namespace "default".']]);
  const deadlines = asked.mock.calls.map(([deadline]) => Number(deadline));
  expect(deadlines).toEqual([expect.any(Number)]);
  for (const each of deadlines) {
    expect(each).toBeGreaterThanOrEqual(before + 8_000);
    expect(each).toBeLessThanOrEqual(Date.now() + 8_000);
  }
  expect(closed).toHaveBeenCalledTimes(1);
});
