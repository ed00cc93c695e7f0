import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type MassEndingId, type PersonId, type RequestId } from '../../core/ids.ts';
import { type EndScope, isInScope } from '../../core/mass-ending.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { extendLease } from '../../requests/extend-lease.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { ana, endAllClick, endedAll, lifted } from './mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  attempt,
  extended,
  extensionStarted,
  granted,
  openedWithoutWorkflow,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => void (fixture = await startRequestsFixture()));
afterEach(() => fixture.stop());

const live = async (entitlement = 'thing', person = 'ana'): Promise<RequestId> => {
  const request = await approvedWithoutWorkflow(fixture, { entitlement, person });
  await granted(fixture, request);
  return request;
};
const kindOf = async (request: RequestId): Promise<string> => (await fixture.state(request)).kind;
const codeOf = (recorded: Awaited<ReturnType<typeof decideClick>>): string =>
  recorded.outcome.ok ? 'done' : recorded.outcome.error.code;

describe('everything of a person', () => {
  test('what is pending is closed and what has access is being revoked, with the reason and who ended it', async () => {
    const [active, granting, pending] = [
      await live(),
      await approvedWithoutWorkflow(fixture, { entitlement: 'other' }),
      await openedWithoutWorkflow(fixture),
    ];
    const others = await openedWithoutWorkflow(fixture, { person: 'bo', entitlement: 'login' });
    const { outcome, massEnding } = await endedAll(fixture, ana);
    expect(outcome.ok).toBe(true);
    const ending = { kind: 'mass-ended', by: 'dee', scope: ana, massEnding, why: 'a stolen laptop' };
    expect(await fixture.state(active)).toMatchObject({ kind: 'revoking', ending });
    expect(await fixture.state(granting)).toMatchObject({ kind: 'revoking', ending });
    expect(await fixture.state(pending)).toMatchObject({ kind: 'closed', ending });
    expect(await kindOf(others)).toBe('pending');
  });

  test('a person ends what is their own without a lock, also while the policy cannot be read (I14)', async () => {
    const request = await live();
    const restore = await fixture.edit('people.yaml', 'people:', 'people: [');
    expect(codeOf(await endedAll(fixture, ana, 'ana'))).toBe('done');
    await restore();
    expect(await kindOf(request)).toBe('revoking');
    expect(await fixture.ledger.readLocks()).toEqual([]);
    expect(await kindOf(await openedWithoutWorkflow(fixture))).toBe('pending');
  });

  test('somebody who may not is refused with the reason, which is recorded, and nothing is ended', async () => {
    const request = await live();
    const click = endAllClick(ana, 'bo');
    expect(await decideClick(fixture.deps, click)).toMatchObject({
      outcome: { error: { code: 'may-not-end-all', why: expect.stringContaining('person:dee') } },
    });
    expect(await kindOf(request)).toBe('active');
    expect(await fixture.kinds(click.request)).toBe('refused');
    expect(await rowsOf(fixture.url, 'select * from mass_ending')).toEqual([]);
  });

  test('the same click again ends nothing twice, and its reason is not in the inbox any more (F18)', async () => {
    const request = await live();
    const click = endAllClick(ana, 'dee');
    await fixture.ledger.writeClick(click);
    await decideClick(fixture.deps, click);
    const before = await fixture.kinds(request);
    await decideClick(fixture.deps, click);
    expect(await fixture.kinds(request)).toBe(before);
    expect(await rowsOf(fixture.url, 'select id from mass_ending')).toHaveLength(1);
    expect((await fixture.ledger.readClick(click.id))?.body).toEqual({ scope: ana });
  });
});

describe('while the ledger is in quarantine (I25)', () => {
  beforeEach(() =>
    fixture.ledger.quarantine({ reason: 'restored', ledgerSerial: 1, manifestSerial: 2, plan: [] }),
  );

  test('everything of one person still ends, because a stolen laptop does not wait for the plan', async () => {
    const pending = await openedWithoutWorkflow(fixture);
    expect(codeOf(await endedAll(fixture, ana))).toBe('done');
    expect(await kindOf(pending)).not.toBe('pending');
    expect(await fixture.ledger.readLocks()).toHaveLength(1);
  });

  test.each<[string, EndScope]>([
    ['an entitlement', { kind: 'entitlement', entitlement: 'thing' }],
    ['a provider', { kind: 'provider', provider: 'fake' }],
    ['everything', { kind: 'everything' }],
  ])('%s is refused with what to do, and nothing is locked', async (_what, scope) => {
    expect((await endedAll(fixture, scope)).outcome).toMatchObject({
      error: { code: 'may-not-end-all', why: expect.stringContaining('Run “curfew quarantine” first') },
    });
    expect(await fixture.ledger.readLocks()).toEqual([]);
  });
});

describe('while a lock holds, nothing of its scope is granted or extended (I18)', () => {
  /** Stores the lock, as a worker does that is killed before it ended any request. */
  const lock = async (scope: EndScope = ana): Promise<void> =>
    fixture.ledger.writeMassEnding({
      id: `end_${'0'.repeat(26)}` as MassEndingId,
      ...{ scope, by: 'dee' as PersonId, reason: 'a stolen laptop', needs: 2 },
    });
  const ENDED = { kind: 'mass-ended', by: 'dee' };

  test.each<[string, EndScope]>([
    ['the person', ana],
    ['the entitlement', { kind: 'entitlement', entitlement: 'thing' }],
    ['the provider', { kind: 'provider', provider: 'fake' }],
    ['everything', { kind: 'everything' }],
  ])('a new request is refused under a lock of %s', async (_what, scope) => {
    await lock(scope);
    const request = await openedWithoutWorkflow(fixture);
    expect(await fixture.kinds(request)).toBe('refused');
    expect((await fixture.ledger.readTrail(request))[0]?.event).toMatchObject({
      refusal: { code: 'locked', scope, by: 'dee' },
    });
  });

  test('an approval ends the request instead', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await lock();
    const { outcome } = await answered(fixture, request, { kind: 'approve', by: 'bo' });
    expect(outcome).toMatchObject({ error: { code: 'wrong-state', ending: ENDED } });
    expect(await fixture.kinds(request)).toBe('requested judged closed refused');
  });

  test('a grant that was not begun writes nothing to the provider', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await lock();
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'superseded' });
    expect(await fixture.state(request)).toMatchObject({ kind: 'revoking', ending: ENDED });
    expect(fixture.vendor.log.read().filter(({ op }) => op === 'level-set')).toEqual([]);
  });

  test('a grant that is in flight takes back what it granted (F41)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const paused = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const granting = granted(fixture, request);
    await paused.reached;
    await lock();
    paused.release();
    await expect(granting).rejects.toMatchObject({ code: 'superseded' });
    expect(await fixture.state(request)).toMatchObject({ kind: 'revoking', ending: ENDED });
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).not.toContain('activated');
  });

  test('an extension is not asked for, not approved and not carried out', async () => {
    const [asking, approving, moving] = [await live(), await live('other'), await live('top')];
    await asked(fixture, approving);
    await extensionStarted(fixture, moving);
    await lock();
    expect(codeOf(await asked(fixture, asking))).toBe('wrong-state');
    expect(codeOf(await answered(fixture, approving, { kind: 'approve', by: 'bo' }))).toBe('wrong-state');
    await extendLease(fixture.deps, { lease: firstLease(moving), ...attempt }).catch(() => undefined);
    for (const request of [asking, approving, moving]) {
      expect(await fixture.state(request)).toMatchObject({ kind: 'revoking', ending: ENDED });
      expect(await fixture.kinds(request)).not.toContain('lease-extended');
    }
  });

  test('an extension whose end is being moved ends with the access', async () => {
    const request = await live();
    await extensionStarted(fixture, request);
    const paused = fixture.providerControl.pauseNext('moveEnd', 'before');
    const moving = extended(fixture, request).catch((error: unknown) => error);
    await paused.reached;
    await lock();
    paused.release();
    expect(await moving).toMatchObject({ code: 'superseded' });
    expect(await fixture.state(request)).toMatchObject({ kind: 'revoking', ending: ENDED });
    expect(await fixture.kinds(request)).not.toContain('extended');
  });
});

describe('lifting a lock', () => {
  test('as many security people lift it as it needs, each counts once, and then requests are possible again', async () => {
    const { massEnding } = await endedAll(fixture, ana);
    expect(codeOf(await lifted(fixture, massEnding, 'bo'))).toBe('may-not-lift');
    expect(codeOf(await lifted(fixture, massEnding, 'dee'))).toBe('done');
    expect(codeOf(await lifted(fixture, massEnding, 'dee'))).toBe('already-lifted');
    expect(await fixture.kinds(await openedWithoutWorkflow(fixture))).toBe('refused');
    expect(codeOf(await lifted(fixture, massEnding, 'eli'))).toBe('done');
    expect(await kindOf(await openedWithoutWorkflow(fixture))).toBe('pending');
    expect(codeOf(await lifted(fixture, massEnding, 'eli'))).toBe('unknown-lock');
  });

  test('nobody lifts the lock of their own access', async () => {
    const { massEnding } = await endedAll(fixture, { kind: 'person', person: 'eli' as PersonId });
    expect(await lifted(fixture, massEnding, 'eli')).toMatchObject({
      outcome: { error: { code: 'may-not-lift', why: 'it locks your own access' } },
    });
  });
});

/** Two entitlements with targets at two providers, in each order. */
const TWO_PROVIDERS = `${[
  [
    'fake-first',
    '{ provider: fake, resource: other, level: read }, { provider: login, resource: desk, level: read }',
  ],
  [
    'fake-second',
    '{ provider: login, resource: desk, level: read }, { provider: fake, resource: other, level: read }',
  ],
]
  .map(
    ([id, targets]) => `  - id: ${id}
    title: ${id}
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [${targets}]
    route: { approvers: [group:owners], waits: 8h }
`,
  )
  .join('')}  - id: logins`;

test('Postgres and the core agree about which requests are in which scope', async () => {
  const restore = await fixture.edit('catalogue.yaml', '  - id: logins', TWO_PROVIDERS);
  const mixed = await Promise.all(
    ['fake-first', 'fake-second'].map(async (entitlement) => ({
      request: await openedWithoutWorkflow(fixture, { person: 'ana', entitlement }),
      ...{ requester: 'ana', entitlement, providers: ['fake', 'login'] },
    })),
  );
  await restore();
  const open = [
    ...mixed,
    { request: await live(), requester: 'ana', entitlement: 'thing', providers: ['fake'] },
    { request: await live('login'), requester: 'ana', entitlement: 'login', providers: ['login'] },
    {
      request: await openedWithoutWorkflow(fixture, { person: 'dee', entitlement: 'logins' }),
      ...{ requester: 'dee', entitlement: 'logins', providers: ['login'] },
    },
  ];
  const scopes: readonly EndScope[] = [
    ...['ana', 'dee', 'cy'].map((person) => ({ kind: 'person', person: person as PersonId }) as const),
    ...['thing', 'logins', 'top'].map((entitlement) => ({ kind: 'entitlement', entitlement }) as const),
    ...['fake', 'login', 'github'].map((provider) => ({ kind: 'provider', provider }) as const),
    { kind: 'everything' },
    { kind: 'leavers', people: ['dee', 'cy'] as PersonId[] },
    { kind: 'leavers', people: [] },
  ];
  for (const scope of scopes) {
    const found = (await fixture.ledger.readScope(scope, 10)).first.map(({ id }) => id).sort();
    if (scope.kind === 'provider' && scope.provider !== 'github')
      expect(found).toEqual(expect.arrayContaining(mixed.map(({ request }) => request)));
    const expected = open
      .filter((each) => isInScope(scope, { ...each, requester: each.requester as PersonId }))
      .map(({ request }) => request)
      .sort();
    expect({ scope, found }).toEqual({ scope, found: expected });
  }
});

/** People of the test, each with an account at the simulated vendor. */
const CROWD = Array.from({ length: 10 }, (_, at) => `p${at}`);

test('100 leases and a mixed set of states: each is ended exactly once, and the progress counts all of them', async () => {
  const lines = CROWD.map((id) => `  - { id: ${id}, name: ${id}, accounts: { fake: ${id} } }\n`).join('');
  await fixture.edit('people.yaml', 'groups:', `${lines}groups:`);
  for (const account of CROWD) fixture.vendor.makeAccount(account);
  const requests = await inParallel(CROWD, async (person) => {
    const pair = await approvedWithoutWorkflow(fixture, { person, entitlement: 'pair' }, ['bo', 'cy']);
    for (const lease of [leaseIdOf(pair, 0), leaseIdOf(pair, 1)])
      await grantLease(fixture.deps, { lease, ...attempt });
    const active: RequestId[] = [pair];
    while (active.length < 7) active.push(await live(active.length % 2 === 0 ? 'thing' : 'top', person));
    const granting = [
      await approvedWithoutWorkflow(fixture, { person }),
      await approvedWithoutWorkflow(fixture, { person, entitlement: 'look' }),
    ];
    const pending = await openedWithoutWorkflow(fixture, { person });
    return [...active, ...granting, pending];
  });
  const over = requests[0]?.[1] as RequestId;
  await answered(fixture, over, { kind: 'end', by: 'p0' });

  const before = await fixture.ledger.readScope({ kind: 'everything' }, 3);
  expect(before).toMatchObject({ total: 99, withAccess: 69, granting: 20, people: 10 });
  expect(before.first).toHaveLength(3);
  // Two security people press at the same time, and a worker takes one of the clicks twice.
  const click = endAllClick({ kind: 'everything' }, 'dee');
  const outcomes = await Promise.all([
    decideClick(fixture.deps, click),
    decideClick(fixture.deps, click),
    decideClick(fixture.deps, endAllClick({ kind: 'everything' }, 'eli')),
  ]);
  expect(outcomes.map(codeOf)).toEqual(['done', 'done', 'done']);
  expect((await fixture.ledger.readScope({ kind: 'everything' }, 3)).total).toBe(0);
  const endings = await rowsOf<{ times: number }>(
    fixture.url,
    `select count(*) filter (where kind = 'revoke-started' or (kind = 'closed')) as times from event
      where kind <> 'refused' group by request_id`,
  );
  expect(endings.filter(({ times }) => times !== 1)).toEqual([]);

  const ids = (await fixture.ledger.readLocks()).map(({ id }) => id);
  const progress = () => Promise.all(ids.map((id) => fixture.ledger.massEndingProgress(id)));
  const sum = async (what: 'ended' | 'over' | 'leases' | 'revoked' | 'left') =>
    (await progress()).reduce((all, each) => all + each[what], 0);
  expect([await sum('ended'), await sum('over'), await sum('leases'), await sum('revoked')]).toEqual([
    99, 10, 99, 0,
  ]);
  await asAdmin(
    async (owner) =>
      void (await owner.query(`update lease set last_fault = 'away' where state <> 'revoked'`)),
    fixture.url,
  );
  const late = await progress();
  expect(late.reduce((all, each) => all + each.lateCount, 0)).toBe(99);
  for (const each of late) expect(each.late).toHaveLength(Math.min(each.lateCount, 10));
  const leases = requests.flat().flatMap((request) => [leaseIdOf(request, 0), leaseIdOf(request, 1)]);
  await inParallel(leases, async (lease) => {
    if (await fixture.ledger.readLease(lease))
      await revokeLease(fixture.deps, { lease, via: 'workflow', ...attempt });
  });
  expect([await sum('over'), await sum('revoked'), await sum('left')]).toEqual([99, 99, 0]);
  expect(fixture.vendor.state().holdings).toEqual([]);
});

/** Works on all items, ten at a time. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  const left = [...items.entries()];
  const next = async (): Promise<void> => {
    for (let each = left.shift(); each; each = left.shift()) done[each[0]] = await work(each[1]);
  };
  await Promise.all(Array.from({ length: 10 }, next));
  return done;
}
