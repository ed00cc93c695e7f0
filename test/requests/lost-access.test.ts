import { describe, expect, test } from '@jest/globals';
import type { Instant, LeaseId, MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import type { EndScope, MassEnding } from '../../core/mass-ending.ts';
import { no, ok } from '../../core/result.ts';
import type { PlanLine, ScopedRequest } from '../../ledger/index.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { readLeavers } from '../../requests/leavers.ts';
import { isLostInScope, type LostAccessDeps, readLostAccess } from '../../requests/lost-access.ts';
import { endLost } from '../../requests/mass-ending/end-lost.ts';
import { readContent } from '../../requests/mass-ending/read-content.ts';
import { entryOf } from '../manifest/manifest.fixture.ts';

const requestAt = (at: number) => `req_${String(at).padStart(26, '0')}` as RequestId;
const [request, second] = [requestAt(1), requestAt(2)];
/** A lost lease of an account at a target. */
const lineOf = (of: RequestId, account: string, more: Partial<ManifestEntry> = {}): PlanLine => ({
  ...{ lease: 'lease_x' as LeaseId, request: of, kind: 'unknown', signed: 'x', accessKey: 'x' },
  ...{
    endsAt: more.endsAt ?? (5 as Instant),
    entry: entryOf({ subject: { id: account, name: account }, ...more }),
  },
});

const OWNERS: Readonly<Record<string, string>> = { ana: 'ana', 'ana-2': 'ana', bo: 'bo' };
/** The entitlements that give each target. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  thing: ['wide', 'pair', 'thing'],
  other: ['other', 'pair', 'wide'],
  third: ['wide'],
};
const policy: LostAccessDeps['policy'] = {
  ownerOf: (_provider, account) =>
    Promise.resolve(
      account === 'unread' ? no('it cannot be read') : ok((OWNERS[account] ?? null) as PersonId | null),
    ),
  lastKnownPersonOf: (_provider, account) =>
    Promise.resolve(OWNERS[account] === undefined ? undefined : ({ id: OWNERS[account] } as never)),
  givenBy: (_provider, spec) => Promise.resolve(GIVEN[spec as string] ?? []),
};
const depsOf = (lines: readonly PlanLine[]) => ({
  ledger: { lostLeasesLeft: () => Promise.resolve(lines) },
  policy,
});

test('200,000 rows of one lost request are one access, with the latest end of all (F31, T24)', async () => {
  const lines = Array.from({ length: 200_000 }, (_each, row): PlanLine => ({
    ...{ lease: `lease_forged_${row}` as LeaseId, request, kind: 'unknown', entry: null, signed: 'x' },
    ...{ accessKey: 'x', endsAt: (row % 1_000) as Instant },
  }));
  const lost = await readLostAccess(depsOf(lines));
  expect(lost).toMatchObject([{ request, endsAt: 999, isOfNobody: false }]);
});

describe('the lost access of a request', () => {
  test.each<[string, readonly PlanLine[], object]>([
    [
      'has each account and each provider once, and the latest end',
      [
        lineOf(request, 'ana', { provider: 'b', endsAt: 7 as Instant }),
        lineOf(request, 'ana-2', { provider: 'a', endsAt: 9 as Instant }),
        lineOf(request, 'ana', { provider: 'b', endsAt: 8 as Instant }),
      ],
      { accounts: ['ana', 'ana-2'], providers: ['a', 'b'], endsAt: 9, requester: 'ana' },
    ],
    [
      'has the person of its second account, when nobody has the first',
      [lineOf(request, 'old'), lineOf(request, 'ana')],
      { requester: 'ana', isOfNobody: false },
    ],
    [
      'is of nobody when nobody has any of its accounts',
      [lineOf(request, 'old'), lineOf(request, 'older')],
      { requester: undefined, isOfNobody: true },
    ],
    [
      'is not of nobody when people.yaml cannot be read for its second account (I14)',
      [lineOf(request, 'old'), lineOf(request, 'unread')],
      { requester: undefined, isOfNobody: false },
    ],
    [
      'is not of nobody when no entry of it can be read',
      [{ ...lineOf(request, 'old'), entry: 7 }],
      { accounts: [], isOfNobody: false },
    ],
    [
      'has the entitlements that give each of its three targets',
      [
        lineOf(request, 'ana', { spec: 'thing' }),
        lineOf(request, 'ana', { spec: 'other' }),
        lineOf(request, 'ana', { spec: 'third' }),
      ],
      { entitlements: ['wide'] },
    ],
    [
      'has the entitlements that give both of its targets',
      [lineOf(request, 'ana', { spec: 'thing' }), lineOf(request, 'ana', { spec: 'other' })],
      { entitlements: ['wide', 'pair'] },
    ],
    [
      'has no entitlement when none gives its second target',
      [lineOf(request, 'ana', { spec: 'thing' }), lineOf(request, 'ana', { spec: 'gone' })],
      { entitlements: [] },
    ],
  ])('%s', async (_what, lines, expected) => {
    expect(await readLostAccess(depsOf(lines))).toMatchObject([{ request, ...expected }]);
  });

  test('is apart from that of another request, and a row of no request is left out (T24)', async () => {
    const lines = [lineOf(request, 'ana'), lineOf('req_forged' as RequestId, 'ana'), lineOf(second, 'bo')];
    const lost = await readLostAccess(depsOf(lines));
    expect(lost.map((each) => [each.request, each.accounts])).toEqual([
      [request, ['ana']],
      [second, ['bo']],
    ]);
  });
});

const person = (id: string): EndScope => ({ kind: 'person', person: id as PersonId });
const leavers = (...people: readonly string[]): EndScope => ({
  kind: 'leavers',
  people: people as PersonId[],
});
const ofAna = { requester: 'ana' as PersonId, entitlements: ['wide', 'pair'], providers: ['a', 'b'] };
const ofNobody = { requester: undefined, entitlements: [], providers: ['a'], isOfNobody: true };

test.each<[EndScope, 'Ana' | 'nobody', boolean]>([
  [person('ana'), 'Ana', true],
  [person('bo'), 'Ana', false],
  [{ kind: 'entitlement', entitlement: 'pair' }, 'Ana', true],
  [{ kind: 'entitlement', entitlement: 'thing' }, 'Ana', false],
  [{ kind: 'provider', provider: 'b' }, 'Ana', true],
  [{ kind: 'provider', provider: 'c' }, 'Ana', false],
  [leavers('bo', 'ana'), 'Ana', true],
  [leavers('bo'), 'Ana', false],
  [person('ana'), 'nobody', false],
  [{ kind: 'provider', provider: 'a' }, 'nobody', true],
  [{ kind: 'everything' }, 'nobody', true],
  [leavers(), 'nobody', true],
])('the scope %j has lost access of %s: %s', (scope, whose, expected) => {
  const lost = whose === 'Ana' ? { ...ofAna, isOfNobody: false } : ofNobody;
  expect(isLostInScope(scope, { request, accounts: [], endsAt: 5 as Instant, ...lost })).toBe(expected);
});

describe('people who left, with lost access', () => {
  const lines = (...accounts: readonly string[]) =>
    accounts.map((account, at) => lineOf(requestAt(at), account));
  /** The leavers among people with open requests and lost access. Eli and Bo left. */
  const leaversOf = (lost: readonly PlanLine[], open: Readonly<Record<string, readonly string[]>>) =>
    readLeavers({
      ledger: {
        ...depsOf(lost).ledger,
        openRequestsByRequester: () =>
          Promise.resolve(
            Object.entries(open).map(([requester, requests]) => ({ requester, requests })) as never,
          ),
      },
      policy: {
        ...policy,
        mayAct: (id) =>
          Promise.resolve(
            ['eli', 'bo'].includes(id) ? ({ kind: 'not-eligible' } as never) : { kind: 'eligible' },
          ),
      },
    });

  test('are counted once, with their open requests, and accounts that nobody has are counted too', async () => {
    const lost = [...lines('bo', 'bo', 'old-b', 'old-a', 'old-b', 'ana'), lineOf(requestAt(6), 'unread')];
    expect(await leaversOf(lost, { bo: ['r1'], cy: ['r2'], eli: ['r3'] })).toEqual({
      people: [
        { requester: 'bo', requests: ['r1'] },
        { requester: 'eli', requests: ['r3'] },
      ],
      accounts: ['old-a', 'old-b'],
      lost: [0, 1, 2, 3, 4].map(requestAt),
      of: 6,
      areHeld: true,
    });
  });

  test.each([
    ['three accounts that nobody has', ['a', 'b', 'c'], {}, false],
    ['four accounts that nobody has', ['a', 'b', 'c', 'd'], {}, true],
    ['two people and two accounts that nobody has', ['a', 'b', 'bo'], { eli: ['r1'] }, true],
    ['two people and one account that nobody has', ['a', 'bo'], { eli: ['r1'] }, false],
  ])('are held, when too many seem to have left: %s (F29)', async (_what, accounts, open, areHeld) => {
    expect(await leaversOf(lines(...accounts), open)).toMatchObject({ areHeld });
  });
});

test.each<[string, MassEnding['lock'], number, boolean]>([
  ['without a lock ends what was requested before it', undefined, 4, true],
  ['without a lock ends what was requested with it', undefined, 5, true],
  ['without a lock ends nothing that was requested after it', undefined, 6, false],
  ['with a lock ends what was requested after it (I18)', { needs: 2, liftedBy: [] }, 6, true],
])('a mass ending of a restored ledger %s', async (_what, lock, at, isEnded) => {
  const ended: unknown[] = [];
  const ledger = {
    endLostRequest: (by: unknown, { request: of, via }: { request: RequestId; via: string }) => {
      ended.push([by, of, via]);
      return Promise.resolve(ok([]));
    },
  };
  const id = `end_${String(5).padStart(26, '0')}` as MassEndingId;
  const ending = {
    ...{ id, scope: person('ana'), by: 'dee' as PersonId, reason: 'x', at: 0 as Instant },
    ...(lock && { lock }),
  };
  const lost = await readLostAccess(depsOf([lineOf(requestAt(at), 'ana'), lineOf(requestAt(1), 'bo')]));
  await endLost(ledger, lost, { massEnding: ending, via: 'sweeper' });
  expect(ended).toEqual(isEnded ? [[{ id, by: 'dee' }, requestAt(at), 'sweeper']] : []);
});

test('lost access that cannot be ended keeps no other from being ended by a mass ending, and it throws', async () => {
  const ended: RequestId[] = [];
  const ledger = {
    endLostRequest: async (_by: unknown, { request }: { request: RequestId }) => {
      if (request === requestAt(1)) throw new Error('locked');
      ended.push(request);
      return ok([]);
    },
  };
  const massEnding = {
    ...{ id: `end_${String(5).padStart(26, '0')}` as MassEndingId, scope: person('ana') },
    ...{ by: 'dee' as PersonId, reason: 'x', at: 0 as Instant },
  };
  const lost = await readLostAccess(depsOf([1, 2, 3].map((at) => lineOf(requestAt(at), 'ana'))));
  await expect(endLost(ledger, lost, { massEnding, via: 'slack' })).rejects.toThrow('locked');
  expect(ended).toEqual([requestAt(2), requestAt(3)]);
});

test('lost access counts as live in what a mass ending ends, and its person once (I25)', async () => {
  const open = (id: RequestId, requester: string): ScopedRequest => ({
    ...{
      id,
      requester: requester as PersonId,
      entitlement: 'thing',
      state: 'pending',
      endsAt: null,
      providers: [],
    },
  });
  const lost = [
    lineOf(requestAt(5), 'ana', { spec: 'thing' }),
    lineOf(requestAt(6), 'old', { endsAt: 9 as Instant }),
    lineOf(requestAt(7), 'old'),
    lineOf(requestAt(8), 'bo', { provider: 'real' }),
  ];
  const scope: EndScope = { kind: 'provider', provider: 'fake' };
  const { ledger } = depsOf(lost);
  const asked: unknown[] = [];
  const readScope = (...args: readonly unknown[]) => {
    asked.push(args);
    return Promise.resolve({
      total: 4,
      withAccess: 1,
      granting: 1,
      people: 4,
      first: [open(second, 'cy'), open(request, 'bo')],
    });
  };
  const content = await readContent({ ledger: { ...ledger, readScope }, policy }, scope, 4);
  expect(asked).toEqual([[scope, 4, ['ana', 'old', 'old']]]);
  expect(content).toMatchObject({ total: 7, withAccess: 4, granting: 1, people: 4 });
  expect(content.first).toMatchObject([
    { id: second },
    { id: request },
    { id: requestAt(5), requester: 'ana', entitlement: 'wide', state: 'active', endsAt: 5 },
    { id: requestAt(6), requester: 'old', entitlement: 'unknown', state: 'active', endsAt: 9 },
  ]);
});
