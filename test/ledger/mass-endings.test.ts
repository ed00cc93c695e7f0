import { beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import {
  type ClickId,
  clickIdOf,
  leaseIdOf,
  type MassEndingId,
  massEndingIdOf,
  type PersonId,
  type RequestId,
  requestIdOf,
  requestIdOfLease,
} from '../../core/ids.ts';
import type { EndScope, MassEnding } from '../../core/mass-ending.ts';
import type { Lease } from '../../ledger/index.ts';
import { ana, bo, cy, dee, noon, person, sam } from '../core/request/request.fixture.ts';
import {
  approvedIn,
  confirmGranted,
  confirmRevoked,
  grantedIn,
  newRequest,
  observed,
  opening,
  requestMadeAt,
  revokedIn,
  shown,
  target,
} from './ledger.fixture.ts';
import { atTime, ledger, rows } from './own-ledger.fixture.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVERYTHING: EndScope = { kind: 'everything' };

/** Nothing of the tests before is open or locked. */
beforeEach(async () => {
  await rows(
    'begin; set local session_replication_role = replica; truncate request, lease, event, holding, mass_ending, quarantine, quarantine_lease cascade; commit',
  );
});

const click = (): ClickId => clickIdOf(uuidv7());

/** A mass ending of a scope. `needs`: how many must lift its lock. */
async function ended(scope: EndScope, needs?: number, by = dee): Promise<MassEndingId> {
  const id = massEndingIdOf(click());
  await ledger.writeMassEnding({
    id,
    scope,
    by,
    reason: 'x',
    ...(needs === undefined ? {} : { needs }),
  });
  return id;
}
/** `mayNot`: who may not lift the lock any more. */
const lift = (id: MassEndingId, by: PersonId, ...mayNot: readonly PersonId[]): Promise<void> =>
  ledger.writeLift({ id, by, click: click(), mayLift: (other) => Promise.resolve(!mayNot.includes(other)) });
const opened = async (
  requester = ana,
  providers = ['fake'],
  entitlement = 'orders-db',
): Promise<RequestId> => {
  const id = newRequest();
  const details = { ...opening(id).details, requester, entitlement, targets: providers };
  await ledger.open(
    opening(id, { details, targets: providers.map((provider) => ({ ...target, provider })) }),
  );
  return id;
};
const idsOf = (found: readonly Pick<MassEnding, 'id'>[]) => found.map(({ id }) => id);

describe('a lock that three people must lift', () => {
  type Lift = readonly [by: PersonId, ...mayNot: PersonId[]];
  test.each<[string, readonly Lift[], readonly PersonId[], boolean]>([
    ['holds when nobody lifted it', [], [], true],
    ['holds when two lifted it', [[bo], [cy]], [bo, cy], true],
    ['is lifted by three', [[bo], [cy], [sam]], [bo, cy, sam], false],
    ['holds when one of three lifted it twice', [[bo], [cy], [bo]], [bo, cy], true],
    ['holds when the first of three may not any more', [[bo], [cy], [sam, bo]], [cy, sam], true],
    ['holds when the second of three may not any more', [[bo], [cy], [sam, cy]], [bo, sam], true],
    ['holds when the two before may not any more', [[bo], [cy], [sam, bo, cy]], [sam], true],
    [
      'is lifted by a fourth in place of who may not any more',
      [[bo], [cy], [sam, cy], [dee, cy]],
      [bo, dee, sam],
      false,
    ],
    ['is lifted when who could not may again', [[bo], [cy, bo], [sam]], [bo, cy, sam], false],
  ])('%s', async (_what, lifts, counting, holds) => {
    const [id, other] = [await ended(EVERYTHING, 3), await ended(EVERYTHING, 1)];
    for (const [by, ...mayNot] of lifts) await lift(id, by, ...mayNot);
    expect((await ledger.readMassEnding(id))?.lock).toEqual({ needs: 3, liftedBy: counting });
    expect(idsOf(await ledger.readLocks())).toEqual(holds ? [id, other] : [other]);
    expect(await ledger.locksEndingIn(id.slice(-8))).toEqual(holds ? [id] : []);
  });

  test('is lifted by three who press at the same moment', async () => {
    const id = await ended(EVERYTHING, 3);
    await Promise.all([bo, cy, sam].map((by) => lift(id, by)));
    expect(await ledger.readLocks()).toEqual([]);
  });
});

describe('a request with three targets, of the second of three people', () => {
  const request = {
    requester: bo,
    entitlement: 'third',
    targets: ['one', 'two', 'three'].map((provider) => ({ provider })),
  };
  test.each<[EndScope, boolean]>([
    [EVERYTHING, true],
    [{ kind: 'person', person: bo }, true],
    [{ kind: 'person', person: ana }, false],
    [{ kind: 'entitlement', entitlement: 'third' }, true],
    [{ kind: 'entitlement', entitlement: 'one' }, false],
    [{ kind: 'provider', provider: 'one' }, true],
    [{ kind: 'provider', provider: 'two' }, true],
    [{ kind: 'provider', provider: 'three' }, true],
    [{ kind: 'provider', provider: 'third' }, false],
    [{ kind: 'leavers', people: [ana, bo, cy] }, true],
    [{ kind: 'leavers', people: [ana, cy] }, false],
  ])('is under a lock of %j: %s', async (scope, isLocked) => {
    await opened(bo, ['one', 'two', 'three', 'two'], 'third');
    const id = await ended(scope, 2);
    expect((await ledger.lockOn(request))?.id).toBe(isLocked ? id : undefined);
    expect(await ledger.readScope(scope, 10)).toMatchObject({
      first: isLocked ? [{ requester: bo, providers: ['one', 'three', 'two'] }] : [],
    });
  });

  test('is under the oldest of the locks that are not lifted', async () => {
    const [lifted, older] = [
      await ended(EVERYTHING, 1),
      await ended({ kind: 'provider', provider: 'two' }, 1),
    ];
    await ended(EVERYTHING, 1);
    await lift(lifted, bo);
    expect((await ledger.lockOn(request))?.id).toBe(older);
  });
});

test('the people of a scope count once each, however many requests they have and of whom else it is said (I25)', async () => {
  for (const requester of [ana, ana, bo]) await opened(requester);
  await opened(cy, ['fake'], 'third');
  const scope: EndScope = { kind: 'entitlement', entitlement: 'orders-db' };
  const peopleWith = async (...others: readonly PersonId[]) =>
    (await ledger.readScope(scope, 1, others)).people;
  expect([await peopleWith(), await peopleWith(bo), await peopleWith(cy, bo, cy)]).toEqual([2, 2, 3]);
});

describe('which requests a mass ending must still end', () => {
  test.each<[string, number | undefined, boolean]>([
    ['with a lock: also those that are opened later', 1, true],
    ['without a lock: those that were opened until then', undefined, false],
  ])('%s', async (_what, needs, alsoLater) => {
    const requests: Record<string, RequestId> = {};
    await atTime(noon, async () => {
      requests['pending'] = await opened();
      requests['granting'] = await approvedIn(ledger);
      requests['active'] = await grantedIn(ledger);
      requests['closed'] = await grantedIn(ledger);
      await revokedIn(ledger, requests['closed']);
    });
    // It is opened in the moment in which the lock is made.
    await atTime(noon + MINUTE + 1, async () => void (requests['later'] = await opened(cy)));
    let id = '' as MassEndingId;
    await atTime(noon + MINUTE, async () => {
      requests['same moment'] = await opened(cy);
      id = await ended(EVERYTHING, needs);
    });
    const expected = ['pending', 'granting', 'active', ...(alsoLater ? ['later'] : []), 'same moment'];
    const found = await ledger.requestsToEnd(id, 100);
    expect(Object.keys(requests).filter((name) => found.includes(requests[name] as RequestId))).toEqual(
      expected,
    );
    expect(await ledger.requestsToEnd(id, 2)).toHaveLength(2);
    if (needs !== undefined) await lift(id, bo);
    expect(await ledger.requestsToEnd(id, 100)).toHaveLength(needs === undefined ? expected.length : 0);
  });
});

describe('how long a mass ending is looked at', () => {
  /** The mass endings that are found so long after they were made, by whether they have a lock, which may be lifted. */
  async function found(
    after: number,
    read: () => Promise<readonly MassEnding[]>,
  ): Promise<readonly string[]> {
    const made: Record<string, MassEndingId> = {};
    await atTime(noon, async () => {
      await opened();
      made['with a lock'] = await ended(EVERYTHING, 1);
      made['without'] = await ended(EVERYTHING);
      made['with a lifted lock'] = await ended(EVERYTHING, 1);
      made['of nothing'] = await ended({ kind: 'person', person: person('zed') }, 1);
      await lift(made['with a lifted lock'], bo);
    });
    let ids: readonly string[] = [];
    await atTime(noon + after, async () => void (ids = idsOf(await read())));
    return Object.keys(made).filter((name) => ids.includes(made[name] ?? ''));
  }

  const unfinished = () => ledger.unfinishedMassEndings();
  const recent = () => ledger.recentMassEndings([]);
  const cutOff = () => ledger.massEndingsToCutOff();
  test.each<[string, () => Promise<readonly MassEnding[]>, number, readonly string[]]>([
    ['its requests are ended, within a day', unfinished, DAY - 1, ['with a lock', 'without']],
    ['its requests are ended, after a day', unfinished, DAY, ['with a lock']],
    [
      'people read of it, within a day',
      recent,
      DAY - 1,
      ['with a lock', 'without', 'with a lifted lock', 'of nothing'],
    ],
    ['people read of it, after a day', recent, DAY, ['with a lock', 'of nothing']],
    ['access is cut off, within ten minutes', cutOff, 10 * MINUTE - 1, ['with a lock', 'of nothing']],
    ['access is cut off, after ten minutes', cutOff, 10 * MINUTE, []],
  ])('%s', async (_what, read, after, expected) => expect(await found(after, read)).toEqual(expected));
});

test('of three endings of one scope without a lock only the newest is finished, with what was opened since the first', async () => {
  const made: MassEndingId[] = [];
  const endedAt = (at: number, scope: EndScope = EVERYTHING) =>
    atTime(at, async () => void made.push(await ended(scope)));
  await endedAt(noon);
  await atTime(noon + MINUTE, async () => void (await opened()));
  await endedAt(noon + 2 * MINUTE, { kind: 'person', person: ana });
  await endedAt(noon + 3 * MINUTE);
  await endedAt(noon + 4 * MINUTE);
  await atTime(noon + 5 * MINUTE, async () =>
    expect(idsOf(await ledger.unfinishedMassEndings())).toEqual([made[1], made[3]]),
  );
});

test('of three people who end the same scope without a lock, the newest ending of each is finished, also when a lock is newer', async () => {
  const made: MassEndingId[] = [];
  await atTime(noon, async () => {
    await opened();
    for (const by of [dee, bo, cy]) made.push(await ended(EVERYTHING, undefined, by));
  });
  await atTime(noon + MINUTE, async () => {
    const lock = await ended(EVERYTHING, 1);
    await lift(lock, bo);
    expect(idsOf(await ledger.unfinishedMassEndings())).toEqual(made);
  });
});

test.each<[string, number | undefined, boolean]>([
  ['with a lock is finished', 1, true],
  ['without a lock is not', undefined, false],
])('a mass ending %s when only a later request is in its scope', async (_what, needs, isFound) => {
  let id = '' as MassEndingId;
  // It is opened in the moment in which the lock is made.
  await atTime(noon + 1, async () => void (await opened()));
  await atTime(noon, async () => void (id = await ended(EVERYTHING, needs)));
  await atTime(noon + 1, async () =>
    expect(idsOf(await ledger.unfinishedMassEndings())).toEqual(isFound ? [id] : []),
  );
});

test('a mass ending is finished once no lost access is left', async () => {
  await atTime(noon, async () => {
    const id = await ended({ kind: 'person', person: ana });
    const lease = leaseIdOf(newRequest(), 0);
    await rows(
      `with plan as (
         insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id)
         values ('restored', 1, 1, ledger_now(), 'dee', 'x', nextval('log_id')) returning id)
       insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
       select id, $1, 'unknown', '{"serial": 1, "provider": "fake"}', 'x', $2, 'x', ledger_now() + interval '1 hour' from plan`,
      [lease, requestIdOfLease(lease)],
    );
    const unfinished = async () => idsOf(await ledger.unfinishedMassEndings());
    expect(await unfinished()).toEqual([id]);
    await ledger.endLostLease(lease, 'none');
    expect(await unfinished()).toEqual([]);
  });
});

test('of what a mass ending would end, the soonest end comes first, and what waits comes last', async () => {
  const ends: [RequestId, number | null][] = [];
  for (const minutes of [30, null, 10, 20])
    await atTime(noon + (minutes ?? 0) * MINUTE, async () => {
      const id = minutes === null ? await opened() : await grantedIn(ledger);
      ends.push([id, minutes]);
    });
  const sorted = [10, 20, 30, null].map((end) => ends.find(([, minutes]) => minutes === end)?.[0]);
  const { first, total, withAccess } = await ledger.readScope(EVERYTHING, 10);
  expect([first.map(({ id }) => id), total, withAccess]).toEqual([sorted, 4, 3]);
  expect((await ledger.readScope(EVERYTHING, 2)).first.map(({ id }) => id)).toEqual(sorted.slice(0, 2));
});

test('a request counts as one with access from the first write that may have begun, at any of its three targets', async () => {
  const targets = ['one', 'two', 'three'].map((lockKey) => ({ ...target, lockKey }));
  const counts = async () => {
    const { total, withAccess, granting } = await ledger.readScope(EVERYTHING, 1);
    return { total, withAccess, granting };
  };
  await opened();
  const id = await approvedIn(ledger, { targets });
  expect(await counts()).toEqual({ total: 2, withAccess: 0, granting: 1 });
  const [, second] = await ledger.leasesOf(id);
  if (second) await ledger.intend({ lease: second, observed, level: 'write', via: 'workflow' });
  expect(await counts()).toEqual({ total: 2, withAccess: 1, granting: 0 });
});

describe('a mass ending shares an earlier one of everything of ana by dee', () => {
  const OF_ANA: EndScope = { kind: 'person', person: ana };
  type Row = readonly [
    what: string,
    earlier: Readonly<{ scope?: EndScope; by?: PersonId; needs?: number; lifted?: true }>,
    meanwhile: (() => Promise<unknown>) | undefined,
    after: number,
    isShared: boolean,
  ];
  const closedOne = async () => {
    const request = await grantedIn(ledger);
    await revokedIn(ledger, request);
  };
  const lost = async (at: number) => {
    const lease = leaseIdOf(requestMadeAt(at, '0'), 0);
    await rows(
      `insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id) values ('restored', 1, 1, ledger_now(), 'dee', 'x', nextval('log_id'))`,
    );
    await rows(
      `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
       select id, $1, 'unknown', '{"serial": 1, "provider": "fake"}', 'x', $2, 'x', ledger_now() + interval '3 days' from quarantine`,
      [lease, requestIdOfLease(lease)],
    );
  };
  test.each<Row>([
    ['when nothing happened meanwhile', {}, undefined, MINUTE, true],
    ['when nothing happened for days', {}, undefined, 2 * DAY, true],
    ['when nothing happened, and its lock holds', { needs: 2 }, undefined, 2 * DAY, true],
    ['not when it is of another person', { by: bo }, undefined, MINUTE, false],
    ['not when its scope is another one', { scope: EVERYTHING }, undefined, MINUTE, false],
    ['not when one of two lifted its lock', { needs: 2, lifted: true }, undefined, MINUTE, false],
    ['not when something was requested since', {}, () => opened(), MINUTE, false],
    ['with a lock, when something was requested since', { needs: 2 }, () => opened(), MINUTE, true],
    ['when somebody else requested something since', {}, () => opened(bo), MINUTE, true],
    ['when what was requested since is closed', {}, closedOne, MINUTE, true],
    ['when access was lost before it', {}, () => lost(noon), MINUTE, true],
    ['not when access of after it was lost', {}, () => lost(Date.now() + DAY), MINUTE, false],
    ['not when it is a day old and access is lost', {}, () => lost(noon), DAY + 1, false],
  ])('%s', async (_what, { scope = OF_ANA, by = dee, needs, lifted }, meanwhile, after, isShared) => {
    let id = '' as MassEndingId;
    await atTime(noon, async () => void (id = await ended(scope, needs, by)));
    await atTime(noon + after, async () => {
      if (lifted) await lift(id, bo);
      await meanwhile?.();
      const asked = { by: dee, scope: OF_ANA, ...(needs === undefined ? {} : { needs }) };
      expect(await ledger.shareMassEnding(massEndingIdOf(click()), asked)).toBe(isShared ? id : undefined);
    });
  });

  test.each([1, undefined])('not when %s of two must lift its lock', async (needs) => {
    await ended(OF_ANA, needs);
    const asked = { by: dee, scope: OF_ANA, needs: 2 };
    expect(await ledger.shareMassEnding(massEndingIdOf(click()), asked)).toBeUndefined();
  });

  test('without a lock, a request from before it has a day to be ended', async () => {
    let id = '' as MassEndingId;
    await atTime(noon, async () => {
      await opened();
      id = await ended(OF_ANA);
    });
    const shared = () => ledger.shareMassEnding(massEndingIdOf(click()), { by: dee, scope: OF_ANA });
    await atTime(noon + DAY, async () => expect(await shared()).toBe(id));
    await atTime(noon + DAY + 1, async () => expect(await shared()).toBeUndefined());
  });

  test('and of three the newest', async () => {
    let id = '' as MassEndingId;
    for (const minute of [0, 2, 1])
      await atTime(noon + minute * MINUTE, async () => {
        const made = await ended(OF_ANA);
        if (minute === 2) id = made;
      });
    const asked = { by: dee, scope: OF_ANA };
    expect(await ledger.shareMassEnding(massEndingIdOf(click()), asked)).toBe(id);
  });

  test.each([true, false])('and the text of its click is erased: %s', async (isShared) => {
    if (isShared) await ended(OF_ANA);
    const id = click();
    const sent = { kind: 'end-all', via: 'cli', account: 'dee', person: dee } as const;
    const body = { scope: OF_ANA, reason: 'x' };
    await ledger.writeClick({ ...sent, id, request: requestIdOf(id), body });
    await ledger.shareMassEnding(massEndingIdOf(id), { by: dee, scope: OF_ANA });
    expect((await ledger.readClick(id))?.body).toEqual(isShared ? { scope: OF_ANA } : body);
  });
});

type Granted = Readonly<{ at: readonly string[]; of?: readonly string[]; requester?: PersonId }>;

/** An approved request for targets at the providers `of`, of which those at the providers `at` are granted. */
async function grantedAt(
  { at, of = at, requester = ana }: Granted,
  residual: readonly (number | null)[] = [],
): Promise<RequestId> {
  const id = newRequest();
  const request = await approvedIn(ledger, {
    details: { ...opening(id).details, requester, targets: of },
    targets: of.map((provider, each) => ({ ...target, provider, lockKey: `${each}` })),
    shown: {
      ...shown,
      targets: shown.targets.flatMap((each) =>
        of.map((_, index) => ({ ...each, residualMs: residual[index] ?? null })),
      ),
    },
  });
  for (const lease of await ledger.leasesOf(request)) {
    if (!at.includes(lease.target.provider)) continue;
    const seen = { ...observed, key: lease.target.lockKey };
    await ledger.intend({ lease, observed: seen, level: 'write', via: 'workflow' });
    await ledger.record(confirmGranted(lease, 'write'));
  }
  return request;
}

describe('three providers cut off everything of a person. They may still refuse it', () => {
  const ALL = ['first', 'second', 'third'];
  test.each<[string, Readonly<{ before?: Granted; after?: Granted }>, readonly string[]]>([
    ['until something is granted', {}, ALL],
    ['when something was granted at the second before', { before: { at: ['second'] } }, ALL],
    [
      'except the second, where something was granted since',
      { after: { at: ['second'] } },
      ['first', 'third'],
    ],
    ['when something was granted at a fourth since', { after: { at: ['fourth'] } }, ALL],
    [
      'except the second, where one of three targets of a request was granted since',
      { after: { at: ['second'], of: ALL } },
      ['first', 'third'],
    ],
    ['when something was granted to somebody else since', { after: { at: ['second'], requester: dee } }, ALL],
  ])('%s', async (_when, { before, after }, refusing) => {
    await atTime(noon, async () => void (before && (await grantedAt(before))));
    await atTime(noon + MINUTE, async () => {
      const id = await ended({ kind: 'person', person: ana }, 1);
      for (const provider of [...ALL, 'second'])
        await ledger.writeCutOff(id, { provider, seen: 'x', toUndo: ['y'], done: [], again: [] });
      await lift(id, bo);
    });
    await atTime(noon + 2 * MINUTE, async () => void (after && (await grantedAt(after))));
    expect(await ledger.cutOffsInForce(ana)).toEqual(
      refusing.map((provider) => ({ provider, toUndo: ['y'] })),
    );
    expect(await ledger.cutOffsInForce(dee)).toEqual([]);
  });
});

describe('after a mass ending, a session of a request with three targets continues', () => {
  const ONE = ['one', 'one', 'one'];
  type Row = readonly [
    when: string,
    granted: Granted,
    residual: readonly (number | null)[],
    sessions: Readonly<Record<string, number | null>>,
  ];
  test.each<Row>([
    ['without an end at one provider, when the second has none', { at: ONE }, [HOUR, null, 0], { one: null }],
    ['without an end at one provider, when the first has none', { at: ONE }, [null, HOUR, 0], { one: null }],
    ['at one provider as long as the longest', { at: ONE }, [HOUR, 3 * HOUR, 2 * HOUR], { one: 3 * HOUR }],
    ['at each provider', { at: ['one', 'two', 'three'] }, [HOUR, 0, null], { one: HOUR, three: null }],
    [
      'only where it was granted',
      { at: ['two'], of: ['one', 'two', 'three'] },
      [HOUR, 2 * HOUR, null],
      { two: 2 * HOUR },
    ],
  ])('%s', async (_when, granted, residual, sessions) => {
    await atTime(noon, async () => {
      const request = await grantedAt(granted, residual);
      const id = await ended(EVERYTHING, 1);
      const stored = await ledger.readMassEnding(id);
      if (!stored) throw new Error('it is not stored');
      await ledger.massEnd(stored, { request, via: 'sweeper' });
      for (const lease of await ledger.leasesOf(request)) await ledger.record(confirmRevoked(lease));
      const progress = await ledger.massEndingProgress(id);
      expect(progress).toMatchObject({ leases: residual.length, revoked: residual.length });
      expect(progress.sessions).toEqual(
        Object.entries(sessions).map(([provider, ms]) => ({
          provider,
          until: ms === null ? null : noon + ms,
        })),
      );
    });
  });
});

describe('the progress of a mass ending', () => {
  const ofAna: EndScope = { kind: 'person', person: ana };
  const massEnded = async (id: MassEndingId, ...requests: readonly RequestId[]) => {
    const stored = await ledger.readMassEnding(id);
    if (!stored) throw new Error('it is not stored');
    for (const request of requests) await ledger.massEnd(stored, { request, via: 'sweeper' });
  };
  const revoke = async (lease: Lease) => void (await ledger.record(confirmRevoked(lease)));

  test('counts what it ended, until each lease has its receipt, and nothing that another one ended', async () => {
    await atTime(noon, async () => {
      const [granted, begun, pending] = [
        await grantedAt({ at: ['one', 'two'] }),
        await grantedAt({ at: [], of: ['three'] }),
        await opened(),
      ];
      const [unconfirmed] = await ledger.leasesOf(begun);
      if (!unconfirmed) throw new Error('it has no lease');
      await ledger.intend({ lease: unconfirmed, observed, level: 'write', via: 'workflow' });
      const others = await grantedAt({ at: ['four'], requester: dee });
      const [id, other] = [await ended(ofAna, 1), await ended({ kind: 'person', person: dee }, 1)];
      const left = [(await ledger.massEndingProgress(id)).left];
      await massEnded(id, granted, begun, pending);
      await massEnded(other, others);
      const progress = () => ledger.massEndingProgress(id);
      const counts = { scope: ofAna, ended: 3, leases: 3, left: 0 };
      const over = { over: 1, granted: 0, unconfirmed: 0 };
      expect([...left, await progress()]).toMatchObject([3, { ...counts, ...over, revoked: 0 }]);
      const [one, two] = (await ledger.leasesOf(granted)) as [Lease, Lease];
      await revoke(one);
      expect(await progress()).toMatchObject({ ...counts, ...over, revoked: 1 });
      await revoke(two);
      expect(await progress()).toMatchObject({ ...counts, over: 2, granted: 1, unconfirmed: 0, revoked: 2 });
      await revoke(unconfirmed);
      expect(await progress()).toMatchObject({ ...counts, over: 3, granted: 1, unconfirmed: 1, revoked: 3 });
      expect(await ledger.massEndingProgress(other)).toMatchObject({ ended: 1, over: 0, leases: 1 });
    });
  });

  test('has the leases that are late: at once with a fault, and else after a minute', async () => {
    const names = Array.from({ length: 11 }, (_each, at) => `p${at}`);
    let id = '' as MassEndingId;
    let leases: readonly Lease[] = [];
    await atTime(noon, async () => {
      const request = await grantedAt({ at: names });
      const revoked = await grantedAt({ at: ['x'] });
      id = await ended(ofAna, 1);
      await massEnded(id, request, revoked);
      for (const each of await ledger.leasesOf(revoked)) {
        await ledger.noteLeaseFault(each.id, 'away');
        await revoke(each);
      }
      leases = await ledger.leasesOf(request);
      await ledger.noteLeaseFault(leases[4]?.id as Lease['id'], 'away');
      const { late, lateCount } = await ledger.massEndingProgress(id);
      expect([late, lateCount]).toEqual([[{ lease: leases[4]?.id, provider: 'p4', fault: 'away' }], 1]);
    });
    for (const [at, count] of [
      [noon + MINUTE, 1],
      [noon + MINUTE + 1, 11],
    ] as const)
      await atTime(at, async () => {
        const { late, lateCount } = await ledger.massEndingProgress(id);
        expect([late.length, lateCount]).toEqual([Math.min(count, 10), count]);
        if (count === 11)
          expect(late.map(({ lease }) => lease)).toEqual(
            leases
              .map((lease) => lease.id)
              .sort()
              .slice(0, 10),
          );
      });
  });

  test('lists the late leases by the time since which they wait', async () => {
    const requests: RequestId[] = [];
    for (const minute of [1, 0, 2])
      await atTime(noon + minute * MINUTE, async () => void requests.push(await grantedAt({ at: ['p'] })));
    await atTime(noon + HOUR, async () => {
      const id = await ended(ofAna, 1);
      await massEnded(id, ...requests);
      const leases = await Promise.all(requests.map((request) => ledger.leasesOf(request)));
      const inOrder = [1, 0, 2].map((minute) => leases[minute]?.[0]?.id);
      await rows(
        `update lease set changed_at = ledger_now() - interval '2 minutes' + n * interval '1 second'
        from unnest($1::text[]) with ordinality late (id, n) where lease.id = late.id`,
        [inOrder],
      );
      expect((await ledger.massEndingProgress(id)).late.map(({ lease }) => lease)).toEqual(inOrder);
    });
  });

  test('names the session of an access only after its lease is revoked', async () => {
    await atTime(noon, async () => {
      const request = await grantedAt({ at: ['one', 'two'] }, [HOUR, HOUR]);
      const id = await ended(ofAna, 1);
      await massEnded(id, request);
      const [, two] = await ledger.leasesOf(request);
      await revoke(two as Lease);
      expect((await ledger.massEndingProgress(id)).sessions).toEqual([
        { provider: 'two', until: noon + HOUR },
      ]);
    });
    await atTime(noon + HOUR, async () => {
      const [massEnding] = await ledger.readLocks();
      expect((await ledger.massEndingProgress(massEnding?.id as MassEndingId)).sessions).toEqual([]);
    });
  });

  test('counts a lease once that the ledger has and the manifest says is lost, and one with a later end (I25)', async () => {
    await atTime(noon, async () => {
      const request = await grantedAt({ at: ['one', 'two', 'three'] });
      const id = await ended(ofAna, 1);
      await massEnded(id, request);
      const leases = await ledger.leasesOf(request);
      await rows(
        `insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id) values ('restored', 1, 1, ledger_now(), 'dee', 'x', nextval('log_id'))`,
      );
      for (const [at, kind] of [
        [0, 'not-granted'],
        [1, 'later-end'],
      ] as const)
        await rows(
          `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
           select id, $1, $2, '{"serial": 1, "provider": "fake"}', 'x', $3, 'x', ledger_now() + interval '1 hour' from quarantine`,
          [leases[at]?.id, kind, request],
        );
      expect(await ledger.massEndingProgress(id)).toMatchObject({ ended: 1, leases: 3, revoked: 0 });
      await revoke(leases[1] as Lease);
      expect(await ledger.massEndingProgress(id)).toMatchObject({ leases: 3, revoked: 1 });
    });
  });

  test('of a click that shares a mass ending says everything of that one', async () => {
    await atTime(noon, async () => {
      const request = await grantedAt({ at: ['one', 'two'] }, [HOUR, HOUR]);
      await opened();
      const id = await ended(ofAna, 1, ana);
      await massEnded(id, request);
      const [one, two] = (await ledger.leasesOf(request)) as [Lease, Lease];
      await revoke(one);
      await ledger.noteLeaseFault(two.id, 'away');
      await ledger.writeCutOff(id, { provider: 'one', seen: 'x', toUndo: ['y'], done: [], again: [] });
      const sent = { kind: 'end-all', via: 'cli', account: 'ana', person: ana } as const;
      const same = click();
      await ledger.writeClick({ ...sent, id: same, request: requestIdOf(same), body: { scope: ofAna } });
      await ledger.storeOutcome(same, { kind: 'answered' });
      const progress = await ledger.massEndingProgress(massEndingIdOf(same));
      expect(progress).toEqual(await ledger.massEndingProgress(id));
      expect(progress).toMatchObject({
        ...{ left: 1, ended: 1, lateCount: 1, late: [{ lease: two.id }] },
        ...{ cutOffs: [{ provider: 'one' }], sessions: [{ provider: 'one' }] },
      });
    });
  });

  describe('of a click that shares a mass ending is that of', () => {
    type Made = readonly [at: number, by: PersonId, scope: EndScope];
    const DECIDED = noon + 10 * MINUTE;
    test.each<[string, readonly Made[], number | undefined, string]>([
      ['the one before it', [[0, ana, ofAna]], 0, 'answered'],
      [
        'the newest of three before it',
        [
          [1, ana, ofAna],
          [3, ana, ofAna],
          [2, ana, ofAna],
        ],
        1,
        'answered',
      ],
      ['one that is stored in the moment of its decision', [[10, ana, ofAna]], 0, 'answered'],
      [
        'the one before it, and not one after it',
        [
          [1, ana, ofAna],
          [11, ana, ofAna],
        ],
        0,
        'answered',
      ],
      ['none of another person', [[1, dee, ofAna]], undefined, 'answered'],
      ['none of another scope', [[1, ana, EVERYTHING]], undefined, 'answered'],
      ['none, when the click was refused', [[1, ana, ofAna]], undefined, 'refused'],
    ])('%s', async (_what, made, shared, kind) => {
      const sent = { kind: 'end-all', via: 'cli', account: 'ana', person: ana } as const;
      const id = click();
      await atTime(noon, async () => {
        const body = { scope: ofAna, reason: 'x' };
        await ledger.writeClick({ ...sent, id, request: requestIdOf(id), body });
      });
      await atTime(DECIDED, async () => {
        await ledger.storeOutcome(id, { kind, ...(kind === 'refused' && { refusal: { code: 'changed' } }) });
      });
      const ids: MassEndingId[] = [];
      for (const [at, by, scope] of made)
        await atTime(noon + at * MINUTE, async () => {
          ids.push(await ended(scope, undefined, by));
          await massEnded(ids.at(-1) as MassEndingId, await opened(by));
        });
      for (const [index, each] of ids.entries())
        for (let more = 0; more < index; more += 1) await massEnded(each, await opened());
      const shows = async (each: MassEndingId) => (await ledger.massEndingProgress(each)).ended;
      const own = massEndingIdOf(id);
      expect(await shows(own)).toBe(shared === undefined ? 0 : await shows(ids[shared] as MassEndingId));
      expect(new Set(await Promise.all(ids.map(shows))).size).toBe(ids.length);
    });
  });

  test('counts each lost lease of two plans once, until a read shows that it is gone (I25)', async () => {
    const [request, other] = [newRequest(), newRequest()];
    const [unknown, notGranted] = [leaseIdOf(request, 0), leaseIdOf(request, 1)];
    let id = '' as MassEndingId;
    const progress = () => ledger.massEndingProgress(id);
    await atTime(noon - MINUTE, async () => {
      const refused = { by: bo, tried: 'approve', refusal: { code: 'unknown-request' } } as const;
      await ledger.recordRefusal({ request, name: 'x', via: 'cli' }, refused);
    });
    await atTime(noon, async () => {
      await rows(
        `insert into quarantine (id, reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id) overriding system value
         select n, 'restored', 1, 1, ledger_now(), 'dee', 'x', nextval('log_id') from generate_series(1, 2) n`,
      );
      for (const [plan, lease, kind] of [
        [1, unknown, 'unknown'],
        [2, unknown, 'unknown'],
        [1, notGranted, 'not-granted'],
        [1, leaseIdOf(request, 2), 'later-end'],
        [1, leaseIdOf(other, 0), 'unknown'],
      ] as const)
        await rows(
          `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
           values ($1, $2, $3, '{"serial": 1, "provider": "fake"}', 'x', $4, 'x', ledger_now() + interval '1 hour')`,
          [plan, lease, kind, requestIdOfLease(lease)],
        );
      id = await ended(ofAna, 1);
      const second = await ended({ kind: 'person', person: bo }, 1);
      await ledger.endLostRequest({ id, by: dee }, { request, via: 'sweeper' });
      expect((await ledger.readTrail(request)).at(-1)).toMatchObject({
        ...{ via: 'sweeper', event: { kind: 'refused', by: dee, tried: 'end' } },
      });
      await ledger.endLostRequest({ id: second, by: dee }, { request: other, via: 'sweeper' });
      expect(await progress()).toMatchObject({ ended: 1, over: 0, granted: 0, leases: 2, revoked: 0 });
    });
    await atTime(noon + MINUTE, async () => expect(await progress()).toMatchObject({ lateCount: 0 }));
    await atTime(noon + MINUTE + 1, async () => {
      expect(await progress()).toMatchObject({ lateCount: 2 });
      await ledger.endLostLease(unknown, 'none');
      expect(await progress()).toMatchObject({ over: 0, leases: 2, revoked: 1, lateCount: 1 });
      expect((await progress()).late).toEqual([{ lease: notGranted, provider: 'fake', fault: null }]);
      await ledger.endLostLease(notGranted, 'none');
      const counts = { ended: 1, over: 1, granted: 1, unconfirmed: 0, leases: 2, revoked: 2, lateCount: 0 };
      expect(await progress()).toMatchObject(counts);
    });
  });
});

describe('which leases are cut off', () => {
  const LEASES = ['first', 'second', 'third'];

  /** An active request with three targets, which was ended, and the names of the leases that are to be cut off. */
  async function endedRequest() {
    const id = await grantedIn(ledger, {
      targets: LEASES.map((name) => ({ ...target, provider: name, lockKey: name })),
    });
    await approvedIn(ledger);
    const massEnding = await ended(EVERYTHING, 1);
    const stored = await ledger.readMassEnding(massEnding);
    if (!stored) throw new Error('it is not stored');
    for (const request of await ledger.requestsToEnd(massEnding, 10))
      await ledger.massEnd(stored, { request, via: 'sweeper' });
    const leases = await ledger.leasesOf(id);
    const toCutOff = async (...revokedToo: readonly string[]) =>
      (await ledger.leasesToCutOff(massEnding, revokedToo)).map(({ target: { provider } }) => provider);
    return { id, massEnding, leases, toCutOff };
  }
  const step = (more: object) => ({
    provider: 'second',
    seen: 'x',
    toUndo: [],
    done: [],
    again: [],
    ...more,
  });

  test('each that was written, and none that never was', async () => {
    const { toCutOff } = await endedRequest();
    expect(await toCutOff()).toEqual(LEASES);
  });

  test('none of another mass ending', async () => {
    await endedRequest();
    expect(await ledger.leasesToCutOff(await ended(EVERYTHING, 1), LEASES)).toEqual([]);
  });

  test('none that is done, and one that failed again after half a minute', async () => {
    await atTime(noon, async () => {
      const { massEnding, leases, toCutOff } = await endedRequest();
      const [first, second] = leases.map((lease) => lease.id);
      await ledger.writeCutOff(massEnding, step({ done: [first], again: [second] }));
      expect(await toCutOff()).toEqual(['third']);
      await atTime(noon + 30 * SECOND - 1, async () => expect(await toCutOff()).toEqual(['third']));
      await atTime(noon + 30 * SECOND, async () => expect(await toCutOff()).toEqual(['second', 'third']));
    });
  });

  test('one with a receipt only where whole accounts are cut off', async () => {
    const { id, toCutOff } = await endedRequest();
    for (const lease of await ledger.leasesOf(id))
      await ledger.record({
        request: id,
        name: `revoked/${lease.id}`,
        via: 'sweeper',
        command: (_state, at) => ({ kind: 'confirm-revoked', lease: lease.id, seen: 'none', at }),
      });
    expect(await toCutOff()).toEqual([]);
    expect(await toCutOff('second', 'fourth')).toEqual(['second']);
  });

  test('and what each of three steps left to undo is read, each once', async () => {
    const { massEnding } = await endedRequest();
    for (const [provider, seen, toUndo] of [
      ['one', 'a', ['x', 'y']],
      ['two', 'b', ['z']],
      ['one', 'c', ['y', 'w']],
    ] as const)
      await ledger.writeCutOff(massEnding, step({ provider, seen, toUndo }));
    expect(await ledger.readCutOffs(massEnding)).toEqual([
      { provider: 'one', seen: 'c', toUndo: ['x', 'y', 'w'] },
      { provider: 'two', seen: 'b', toUndo: ['z'] },
    ]);
  });
});
