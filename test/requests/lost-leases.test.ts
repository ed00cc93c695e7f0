import { describe, expect, test } from '@jest/globals';
import type { Instant, LeaseId } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import type { PlanLine } from '../../ledger/index.ts';
import { accessKey } from '../../manifest/due.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { sign } from '../../manifest/signature.ts';
import type { Deps } from '../../requests/deps.ts';
import { endLostAccess, endLostLease } from '../../requests/end-lost-lease.ts';
import { assertNoLostLease, lostLeasesOn, remainingWithLost } from '../../requests/lost-leases.ts';
import { freshMemory } from '../../requests/manifest-access.ts';
import { signedEntryOf } from '../../requests/signed-entry.ts';
import { endLostLeases } from '../../upkeep/end-lost-leases.ts';
import { entryOf, foreign, leaseNamed, never, noon, ours } from '../manifest/manifest.fixture.ts';

const LATER = (noon + 1) as Instant;
const [a, b, c] = ['a', 'b', 'c'].map(leaseNamed) as [LeaseId, LeaseId, LeaseId];
/** The row of a lost lease. The access of ana gives her "write" unless the entry says otherwise. */
const lineOf = (more: Partial<ManifestEntry> = {}, key = ours): PlanLine => {
  const entry = entryOf(more);
  return {
    ...{ lease: entry.lease, request: 'req_x' as PlanLine['request'], kind: 'unknown', entry },
    ...{ signed: sign(entry, key.privateKey), accessKey: accessKey(entry), endsAt: entry.endsAt },
  };
};
const manifest = {
  publicKeys: [foreign.publicKey, ours.publicKey],
  memory: { ...freshMemory(), failedAt: Infinity },
} as unknown as NonNullable<Deps['manifest']>;

test.each<[string, 'counts' | 'does not count', PlanLine]>([
  ['that the second key of two signed', 'counts', lineOf()],
  ['of another lease than its signed entry', 'does not count', { ...lineOf(), lease: b }],
  ['of another access than its signed entry', 'does not count', { ...lineOf(), accessKey: 'x' }],
  ['that nobody signed', 'does not count', { ...lineOf(), signed: 'x' }],
])('a row of a lost lease %s %s (T24)', (_what, counts, line) => {
  expect(signedEntryOf({ manifest }, line).ok).toBe(counts === 'counts');
  expect(signedEntryOf({}, line).ok).toBe(false);
});

/** What is called with a provider of four levels and a ledger that has these rows. */
function world(
  lines: readonly PlanLine[],
  more: Readonly<{ others?: readonly object[]; known?: object; lost?: AbortSignal }> = {},
) {
  const calls: unknown[] = [];
  const provider = {
    name: 'fake',
    parseTarget: (spec: unknown) => ok(spec),
    ...{ lockKey: () => 'web', targetKey: () => 'web', ownObject: () => false },
    level: ({ level }: { level: string }) => level,
    ladder: () => ['none', 'read', 'write', 'admin'],
    ensureAbsent: ({ lease, level }: { lease: LeaseId; level: string }, signal: AbortSignal) => {
      signal.throwIfAborted();
      calls.push(['ensureAbsent', lease, level]);
      return Promise.resolve({ seen: level });
    },
  };
  const rows = [...lines];
  const ledger = {
    now: () => Promise.resolve(noon),
    lostLeasesOn: (key: string) => Promise.resolve(lines.filter((line) => line.accessKey === key)),
    takeLostLeases: () => Promise.resolve(rows.splice(0)),
    readOpenHolding: () => Promise.resolve(more.others && { prior: 'none', others: more.others }),
    readLease: () => Promise.resolve(more.known),
    endLostLease: (lease: LeaseId, seen: string) => Promise.resolve(void calls.push(['gone', lease, seen])),
    addManifestEntry: (lease: LeaseId) => Promise.resolve(void calls.push(['entry', lease])),
    withLock: (key: string, work: (lock: object) => Promise<unknown>) => {
      calls.push(['lock', key]);
      return work({ lost: more.lost ?? never, markWriting: () => calls.push(['writing']) });
    },
  };
  const deps = { ledger, manifest, providers: new Map([['fake', provider]]) } as unknown as Deps;
  return { deps, calls, provider };
}

describe('the end of a lost lease', () => {
  const granted = { state: 'granted', level: 'read' };
  test.each<[string, readonly PlanLine[], readonly object[] | undefined, Partial<ManifestEntry>, string]>([
    ['nothing of its own level', [], undefined, { endsAt: LATER }, 'none'],
    ['what was there before', [], undefined, { prior: 'read' }, 'read'],
    [
      'what the second of three lost leases gives',
      [
        lineOf({ lease: a, endsAt: LATER, level: 'admin' }),
        lineOf({ lease: b, endsAt: LATER, level: 'read' }),
        lineOf({ lease: c, endsAt: noon, level: 'admin' }),
      ],
      undefined,
      {},
      'read',
    ],
    [
      'nothing of a lost lease that no key signed',
      [{ ...lineOf({ lease: b, endsAt: LATER }), signed: 'x' }],
      undefined,
      {},
      'none',
    ],
    [
      'nothing of a lost lease of another account',
      [lineOf({ lease: b, endsAt: LATER, subject: { id: 'u2', name: 'bo' } })],
      undefined,
      {},
      'none',
    ],
    [
      'what a known lease of the access gives',
      [],
      [{ ...granted, state: 'revoked', level: 'admin' }, granted, { ...granted, level: 'none' }],
      {},
      'read',
    ],
    ['what a known lease may have been given', [], [{ ...granted, state: 'intended' }], {}, 'read'],
    [
      'the higher one of what was there before and of what a known lease gives',
      [],
      [granted],
      { prior: 'admin' },
      'admin',
    ],
  ])('leaves %s (I5, I6)', async (_what, lines, others, more, level) => {
    const { deps, calls } = world(lines, others && { others });
    await endLostAccess(deps, entryOf(more), never);
    expect(calls).toEqual([
      ['ensureAbsent', a, level],
      ['gone', a, level],
      ['entry', a],
    ]);
  });

  test('changes nothing while a level is not one of its target', async () => {
    const { deps, calls } = world([]);
    await expect(endLostAccess(deps, entryOf({ prior: 'owner' }), never)).rejects.toMatchObject({
      code: 'provider-refused',
    });
    expect(calls).toEqual([]);
  });

  test.each([
    ['the ledger does not know', undefined],
    ['the ledger knows without a grant', {}],
  ])('is under the lock of the account, for one that %s', async (_which, known) => {
    const { deps, calls } = world([], known && { known });
    await endLostLease(deps, entryOf(), never);
    expect(calls.slice(0, 3)).toEqual([['lock', 'fake\nweb\nana'], ['writing'], ['ensureAbsent', a, 'none']]);
  });

  test.each([
    ['its grant is known', { known: { holding: {} } }, never],
    ['its lock is lost', { lost: AbortSignal.abort() }, never],
    ['its attempt is over', {}, AbortSignal.abort()],
  ])('changes nothing when %s', async (_when, more, signal) => {
    const { deps, calls } = world([], more);
    await expect(endLostLease(deps, entryOf(), signal)).rejects.toThrow();
    expect(calls).not.toContainEqual(['ensureAbsent', a, 'none']);
  });
});

test('lost leases of which two cannot be ended keep no other one, and each says why (I3)', async () => {
  const lines = [
    { ...lineOf({ lease: a }), signed: 'x' },
    lineOf({ lease: b, provider: 'gone' }),
    lineOf({ lease: c }),
  ];
  const { deps } = world(lines);
  const { attempts, problems } = await endLostLeases(deps);
  expect(problems).toEqual([]);
  expect(attempts).toHaveLength(3);
  expect(attempts).toEqual(
    expect.arrayContaining([
      { lease: a, why: expect.stringContaining('no key of the manifest signed') },
      { lease: b, why: expect.stringContaining('unknown-provider') },
      { lease: c, why: undefined },
    ]),
  );
  const { manifest: _none, ...without } = world(lines).deps;
  expect(await endLostLeases(without as Deps)).toEqual({ attempts: [], problems: [] });
});

test('lost leases that cannot be read are a problem of the pass', async () => {
  const { deps } = world([]);
  const takeLostLeases = () => Promise.reject(new Error('no answer'));
  expect(await endLostLeases({ ...deps, ledger: { ...deps.ledger, takeLostLeases } })).toEqual({
    attempts: [],
    problems: ['no answer'],
  });
});

const access = { provider: 'fake', targetKey: 'web', subject: { id: 'u1' } };

test.each<[string, string, readonly PlanLine[]]>([
  ['nothing of it is lost', 'is given', []],
  ['a lost lease of it is not gone', 'is refused', [lineOf()]],
  ['a row of it that nobody signed is there', 'is refused', [{ ...lineOf(), signed: 'x' }]],
  ['a lost lease of another access is not gone', 'is given', [lineOf({ targetKey: 'other' })]],
])('an access, while %s, %s (I5)', async (_what, outcome, lines) => {
  const asserted = assertNoLostLease(world(lines).deps, access).then(
    () => 'is given',
    ({ code }: { code: string }) => (code === 'quarantine' ? 'is refused' : code),
  );
  expect(await asserted).toBe(outcome);
});

test('the lost leases of an access are those with a signed row, but for one', async () => {
  const lines = [lineOf({ lease: a }), { ...lineOf({ lease: b }), signed: 'x' }, lineOf({ lease: c })];
  const found = await lostLeasesOn(world(lines).deps, access, a);
  expect(found.map(({ lease }) => lease)).toEqual([c]);
});

test.each<[string, string, readonly PlanLine[]]>([
  ['nothing else', 'read', []],
  [
    'the second of two lost leases',
    'write',
    [lineOf({ lease: b, level: 'none' }), lineOf({ lease: c, level: 'write' })],
  ],
  ['a lower lost lease', 'read', [lineOf({ lease: b, level: 'none' })]],
  ['a lost row of the same lease', 'read', [lineOf({ lease: a, level: 'admin' })]],
  [
    'a lost lease of another account',
    'read',
    [lineOf({ lease: b, level: 'admin', subject: { id: 'u2', name: 'bo' } })],
  ],
])('without a known lease, of the prior level and %s remains “%s” (I6)', async (_what, level, lines) => {
  const { deps, provider } = world(lines);
  const holding = { prior: 'read', others: [], subject: access.subject };
  const current = { lease: { id: a, endsAt: noon, holding }, provider, target: { level: 'write' } };
  expect((await remainingWithLost(deps, current as never)).level).toBe(level);
});
