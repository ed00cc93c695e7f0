import { beforeAll, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type Minutes, type RequestId } from '../../core/ids.ts';
import { type RequestFilter } from '../../ledger/index.ts';
import { ana, bo, cy, noon, person, sam } from '../core/request/request.fixture.ts';
import { textHash } from '../../ledger/salted-text.ts';
import { shiftClock } from './database.fixture.ts';
import {
  approve,
  approvedIn,
  confirmGranted,
  end,
  grantedIn,
  newRequest,
  observed,
  opening,
  revokedIn,
  stepOf,
  target,
} from './ledger.fixture.ts';
import { atTime, database, ledger, rows } from './own-ledger.fixture.ts';

const [eve, dee] = [person('eve'), person('dee')];

/** In the order in which they were opened. */
let pending: RequestId, foreign: RequestId, granting: RequestId, active: RequestId, closed: RequestId;
beforeAll(async () => {
  [pending, foreign] = [newRequest(), newRequest()];
  await ledger.open(opening(pending));
  const details = { ...opening(foreign).details, requester: eve };
  const because = (who: typeof eve) => ({ person: who, because: 'x' });
  // eve is also among the approvers of her own request, and dee stands in the second stage only.
  const stages = [
    { needs: 1, approvers: [because(bo), because(eve)] },
    { needs: 1, approvers: [because(dee)] },
  ];
  await ledger.open(opening(foreign, { details, requirements: { stages, policy: 'p1' } }));
  granting = await approvedIn(ledger);
  active = await grantedIn(ledger);
  closed = await grantedIn(ledger);
  await revokedIn(ledger, closed);
});

/** Runs the work with columns of a request changed, and restores them. */
async function withRow(id: RequestId, what: string, work: () => Promise<void>): Promise<void> {
  const [before] = await rows<{ lapses_at: Date }>('select lapses_at from request where id = $1', [id]);
  await rows(`update request set ${what} where id = $1`, [id]);
  try {
    await work();
  } finally {
    await rows('update request set lapses_at = $2 where id = $1', [id, before?.lapses_at]);
  }
}

describe('which requests a list has, newest first', () => {
  test.each<[string, () => RequestFilter, () => readonly RequestId[]]>([
    ['no condition', () => ({}), () => [closed, active, granting, foreign, pending]],
    ['one state', () => ({ states: ['granting'] }), () => [granting]],
    ['two states', () => ({ states: ['active', 'closed'] }), () => [closed, active]],
    ['a requester', () => ({ requester: eve }), () => [foreign]],
    ['a requester without requests', () => ({ requester: cy }), () => []],
    ['waiting for an approver', () => ({ waitingFor: cy }), () => [pending]],
    ['waiting for an approver of two', () => ({ waitingFor: bo }), () => [foreign, pending]],
    ['waiting for an approver of a later stage', () => ({ waitingFor: dee }), () => [foreign]],
    ['waiting for the requester, who never decides about it', () => ({ waitingFor: eve }), () => []],
    ['the page after a request', () => ({ before: granting }), () => [foreign, pending]],
    ['a limit', () => ({ limit: 2 }), () => [closed, active]],
    [
      'all conditions together',
      () => ({ requester: ana, states: ['pending', 'closed'], before: closed, limit: 9 }),
      () => [pending],
    ],
  ])('%s', async (_what, filter, expected) => {
    expect((await ledger.listRequests(filter())).map(({ id }) => id)).toEqual(expected());
    const { limit: _limit, ...unlimited } = filter();
    if (filter().limit === undefined) expect(await ledger.countRequests(unlimited)).toBe(expected().length);
  });

  test('a request that needs a second approval no longer waits for who has approved it', async () => {
    const [one, two] = [person('one'), person('two')];
    const id = newRequest();
    const approvers = [one, two].map((who) => ({ person: who, because: 'x' }));
    const stages = [{ needs: 2, approvers }];
    const details = { ...opening(id).details, requester: person('wim') };
    await ledger.open(opening(id, { details, requirements: { stages, policy: 'p1' } }));
    const waitFor = async (who: typeof one) => (await ledger.listRequests({ waitingFor: who })).length;
    expect([await waitFor(one), await waitFor(two)]).toEqual([1, 1]);
    await ledger.record(approve(id, one));
    expect([await waitFor(one), await waitFor(two)]).toEqual([0, 1]);
    expect(await ledger.countRequests({ waitingFor: one })).toBe(0);
  });

  test('a list without a limit has 50 requests, and the count has all', async () => {
    const zed = person('zed');
    for (let n = 0; n < 51; n += 1) {
      const id = newRequest();
      await ledger.open(opening(id, { details: { ...opening(id).details, requester: zed } }));
    }
    expect(await ledger.listRequests({ requester: zed })).toHaveLength(50);
    expect(await ledger.listRequests({ requester: zed, limit: 51 })).toHaveLength(51);
    expect(await ledger.countRequests({ requester: zed })).toBe(51);
    expect(await ledger.countOpenRequests(zed)).toBe(51);
  });
});

test('a summary has the times of the request, and those that do not exist yet are null', async () => {
  const summary = async (id: RequestId) =>
    (await ledger.listRequests({ requester: ana })).find((each) => each.id === id);
  const [opened] = await ledger.readTrail(pending);
  const at = opened?.event.at ?? 0;
  expect(await summary(pending)).toEqual({
    id: pending,
    requester: ana,
    entitlement: 'orders-db',
    minutes: 60 as Minutes,
    state: 'pending',
    openedAt: at,
    lapsesAt: at + 480 * 60_000,
    endsAt: null,
    closedAt: null,
  });
  const started = (await ledger.readTrail(active)).find(({ event }) => event.kind === 'grant-started')?.event;
  expect(await summary(active)).toMatchObject({
    state: 'active',
    endsAt: started?.kind === 'grant-started' ? started.endsAt : undefined,
    closedAt: null,
  });
  const revoked = (await ledger.readTrail(closed)).find(({ event }) => event.kind === 'grant-started')?.event;
  expect(await summary(closed)).toMatchObject({
    state: 'closed',
    endsAt: revoked?.kind === 'grant-started' ? revoked.endsAt : undefined,
    closedAt: (await ledger.readTrail(closed)).at(-1)?.event.at,
  });
});

test('the open requests of a person are those that are not closed', async () => {
  expect(await ledger.countOpenRequests(ana)).toBe(3);
  expect(await ledger.countOpenRequests(eve)).toBe(1);
  expect(await ledger.countOpenRequests(cy)).toBe(0);
});

test('requests are found by the end of their id only, and two are enough to know that it is ambiguous', async () => {
  expect(await ledger.requestsEndingIn(pending.slice(-8))).toEqual([pending]);
  expect(await ledger.requestsEndingIn(pending.slice(4, 12))).toEqual([]); // the beginning of every id
  expect(await ledger.requestsEndingIn('%')).toEqual([]);
  expect(await ledger.requestsEndingIn('________')).toEqual([]);
  expect(await ledger.requestsEndingIn('')).toHaveLength(2);
});

test('a request that was refused before it was opened is found too', async () => {
  const id = newRequest();
  await ledger.recordRefusal(
    { request: id, name: 'open', via: 'cli' },
    { by: ana, tried: 'request', refusal: { code: 'reason-missing' } },
  );
  expect(await ledger.requestsEndingIn(id.slice(-8))).toEqual([id]);
});

describe('of three open requests of one person that differ in their reasons, the same again', () => {
  const HOUR = 3_600_000;
  const wanted = (reason: string, more: Partial<ReturnType<typeof opening>['details']> = {}) => {
    const id = newRequest();
    const salt = `salt of ${id}`;
    const details = { ...opening(id).details, requester: sam, reasonHash: textHash(salt, reason), ...more };
    return opening(id, { details, reason: { salt, body: reason }, sameWithin: 60 as Minutes });
  };
  test.each<[string, () => ReturnType<typeof wanted>, number, string | undefined]>([
    ['names the first', () => wanted('one'), 1, 'one'],
    ['names the second', () => wanted('two'), 1, 'two'],
    ['names the third, within an hour', () => wanted('three'), HOUR - 1, 'three'],
    ['is opened after an hour', () => wanted('three'), HOUR, undefined],
    ['is opened for another reason', () => wanted('four'), 1, undefined],
    ['is opened for another person', () => wanted('two', { requester: dee }), 1, undefined],
    ['is opened for another entitlement', () => wanted('two', { entitlement: 'third' }), 1, undefined],
    ['is opened for another length', () => wanted('two', { minutes: 61 as Minutes }), 1, undefined],
  ])('%s', async (_what, again, after, same) => {
    const three = ['one', 'two', 'three'].map((reason) => wanted(reason));
    await atTime(noon, async () => {
      for (const each of three) expect((await ledger.open(each)).outcome.ok).toBe(true);
    });
    await atTime(noon + after, async () => {
      const { outcome } = await ledger.open(again());
      const named = three.find(({ reason }) => reason.body === same)?.details.id;
      expect(outcome.ok ? undefined : outcome.error).toEqual(
        named && { code: 'already-open', request: named },
      );
    });
    await rows(`update request set state = 'closed' where requester in ($1, $2)`, [sam, dee]);
  });
});

test('a lost request is found by the end of its id too, and is ambiguous with another one', async () => {
  const [lost, one] = [newRequest(), newRequest()];
  const other = `${one.slice(0, -3)}${lost.slice(-3)}` as RequestId;
  await rows(
    `insert into quarantine (id, reason, ledger_serial, manifest_serial) overriding system value values (7, 'restored', 1, 1)`,
  );
  for (const [request, lease] of [
    [lost, 0],
    [lost, 1],
    [other, 0],
  ] as const)
    await rows(
      `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
       values (7, $1, 'unknown', '{"serial": 1}', 'x', $2, 'x', ledger_now())`,
      [leaseIdOf(request, lease), request],
    );
  expect(await ledger.requestsEndingIn(lost.slice(-8))).toEqual([lost]);
  expect((await ledger.requestsEndingIn(lost.slice(-3))).toSorted()).toEqual([lost, other].sort());
});

test('a pending request is overdue only when its deadline passed more than the grace ago', async () => {
  const isOverdue = async (graceMs: number, id = pending) =>
    (await ledger.overdueRequests(graceMs)).includes(id);
  expect(await isOverdue(0)).toBe(false);
  await withRow(pending, `lapses_at = ledger_now() - interval '60 seconds'`, async () => {
    expect([await isOverdue(55_000), await isOverdue(65_000)]).toEqual([true, false]);
  });
  for (const id of [granting, active, closed])
    await withRow(id, `lapses_at = ledger_now() - interval '60 seconds'`, async () => {
      expect(await isOverdue(0, id)).toBe(false);
    });
});

test('the overdue requests begin with the one that should have lapsed first', async () => {
  const minutesAgo = (minutes: number) => `lapses_at = ledger_now() - interval '${minutes} minutes'`;
  const other = newRequest();
  await ledger.open(opening(other));
  for (const [earlier, later] of [
    [pending, other],
    [other, pending],
  ] as const)
    await withRow(earlier, minutesAgo(3), () =>
      withRow(later, minutesAgo(2), async () => {
        expect(await ledger.overdueRequests(0)).toEqual([earlier, later]);
      }),
    );
});

test('a grant is stuck only when it started longer ago than allowed', async () => {
  expect(await ledger.stuckGrants(60_000)).not.toContain(granting);
  expect(await ledger.stuckGrants(-60_000)).toEqual([granting]); // as if a minute had passed
});

test('a grant is stuck although another grant started a moment ago', async () => {
  const old = newRequest();
  const longAgo = Date.now() - 600_000;
  await atTime(longAgo, async () => {
    await ledger.open(opening(old));
    await ledger.record(approve(old));
  });
  const fresh = await approvedIn(ledger);
  const stuck = await ledger.stuckGrants(300_000);
  expect([stuck.includes(old), stuck.includes(fresh)]).toEqual([true, false]);
  expect((await ledger.stuckGrants(-60_000)).toSorted()).toEqual([granting, old, fresh].toSorted());
  await atTime(longAgo + 300_000, async () => expect(await ledger.stuckGrants(300_000)).toContain(old));
  await atTime(longAgo + 299_999, async () => expect(await ledger.stuckGrants(300_000)).not.toContain(old));
  await ledger.record(end(old));
});

test('what people wrote is kept for each request by itself', async () => {
  const id = newRequest();
  await ledger.open(opening(id, { reason: { salt: 's', body: 'another reason' } }));
  expect(await ledger.readFreeText(id)).toEqual({ reason: 'another reason' });
  expect(await ledger.readFreeText(pending)).toEqual({ reason: 'incident 4312' });
  expect(await ledger.readFreeText(newRequest())).toEqual({});
});

test('an event is read by its own number, and the trail since a number begins there', async () => {
  const id = newRequest();
  await ledger.open(opening(id));
  await ledger.record(approve(id, bo));
  const trail = await ledger.readTrail(id);
  expect(trail.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  expect(await ledger.readTrail(id, 2)).toEqual(trail.slice(2));
  expect(await ledger.readTrail(id, 4)).toEqual([]);
});

test('a stuck grant stays stuck although somebody was refused a moment ago', async () => {
  const id = await approvedIn(ledger);
  await shiftClock(database.url, 660_000);
  try {
    await ledger.record(approve(id, ana, 'click/late'));
    expect(await ledger.stuckGrants(650_000)).toContain(id);
    expect(await ledger.stuckGrants(670_000)).not.toContain(id);
  } finally {
    await shiftClock(database.url, 0);
  }
});

test('a request whose access is being revoked before its end keeps that end in lists', async () => {
  const id = await grantedIn(ledger);
  const [lease] = await ledger.leasesOf(id);
  await ledger.record(end(id));
  expect((await ledger.listRequests({ states: ['revoking'] })).find((each) => each.id === id)).toMatchObject({
    state: 'revoking',
    endsAt: lease?.endsAt,
    closedAt: null,
  });
});

test('a request whose access is being revoked is still open', async () => {
  const yan = person('yan');
  const id = newRequest();
  await ledger.open(opening(id, { details: { ...opening(id).details, requester: yan } }));
  await ledger.record(approve(id));
  await ledger.record(stepOf(id, 'void', (at) => ({ kind: 'void', why: 'x', at })));
  expect((await ledger.listRequests({ requester: yan })).map(({ state }) => state)).toEqual(['revoking']);
  expect(await ledger.countOpenRequests(yan)).toBe(1);
});

test('a grant is stuck although one of its leases was granted a moment ago', async () => {
  const both = ['stuck-1', 'stuck-2'].map((lockKey) => ({ ...target, lockKey }));
  const longAgo = Date.now() - 600_000;
  let id = newRequest();
  await atTime(longAgo, async () => void (id = await approvedIn(ledger, { targets: both })));
  const [lease] = await ledger.leasesOf(id);
  if (!lease) throw new Error('there is no lease');
  await ledger.intend({ lease, observed: { ...observed, key: 'stuck-1' }, level: 'write', via: 'workflow' });
  await ledger.record(confirmGranted(lease, 'write'));
  expect(await ledger.stuckGrants(300_000)).toContain(id);
});
