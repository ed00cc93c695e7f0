import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type PersonId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { readContent } from '../../requests/mass-ending/read-content.ts';
import { planDigest } from '../../requests/quarantine-plan.ts';
import { revokeLost, sweep } from '../../upkeep/sweep.ts';
import { progressPhrase } from '../../wording/mass-endings.ts';
import { terminalText } from '../../cli/terminal/phrase.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type Backup, backUp } from '../ledger/restore.fixture.ts';
import { ana, endedAll } from '../requests/mass-ending.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  attempt,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';

let fixture: RequestsFixture;
let backup: Backup | undefined;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  await fixture.stop();
  await backup?.drop();
  backup = undefined;
});

/** Ana has access that the restored ledger does not know, but perhaps its request. */
async function lose(known: 'the request' | 'nothing' = 'nothing'): Promise<void> {
  const opened = known === 'nothing' ? undefined : await openedWithoutWorkflow(fixture);
  backup = await backUp(fixture.url);
  if (opened) await answered(fixture, opened, { kind: 'approve', by: 'bo' });
  await granted(fixture, opened ?? (await approvedWithoutWorkflow(fixture, { length: '8h' })));
  await backup.restore();
}

/** The sweeper notices the restore, and dee ends the quarantine. */
async function seeThePlan(): Promise<void> {
  await sweep(fixture.deps);
  const open = await fixture.ledger.readQuarantine();
  await fixture.ledger.writeQuarantineAnswer({
    id: 'answer',
    quarantine: open?.id ?? 0,
    account: accountActingAs('tester', 'dee'),
    person: 'dee' as PersonId,
    planDigest: planDigest(open?.plan ?? []),
  });
  await sweep(fixture.deps);
  expect(await fixture.ledger.isQuarantined()).toBe(false);
}

const bo: EndScope = { kind: 'person', person: 'bo' as PersonId };
const leavers = (...people: readonly string[]): EndScope => ({
  kind: 'leavers',
  people: people as PersonId[],
});

test.each<[EndScope, string, 'none' | 'write']>([
  [ana, 'dee', 'none'],
  [ana, 'ana', 'none'],
  [ana, 'bo', 'write'],
  [bo, 'dee', 'write'],
  [{ kind: 'entitlement', entitlement: 'thing' }, 'cy', 'none'],
  [{ kind: 'entitlement', entitlement: 'thing' }, 'bo', 'write'],
  [{ kind: 'entitlement', entitlement: 'look' }, 'dee', 'write'],
  [{ kind: 'provider', provider: 'fake' }, 'dee', 'none'],
  [{ kind: 'provider', provider: 'login' }, 'dee', 'write'],
  [{ kind: 'everything' }, 'dee', 'none'],
  [{ kind: 'everything' }, 'ana', 'write'],
])('a mass ending of %j by %s leaves %s (I3, I25)', async (scope, by, left) => {
  await lose();
  await seeThePlan();
  const { outcome } = await endedAll(fixture, scope, by);
  await revokeLost(fixture.deps);
  expect([outcome.ok || left === 'write', fixture.levelOf()]).toEqual([true, left]);
});

test.each(['nothing', 'the request'] as const)(
  'a mass ending counts lost access of which the ledger has %s, until a read shows that it is gone',
  async (known) => {
    await lose(known);
    await sweep(fixture.deps);
    expect(await readContent(fixture.deps, ana, 5)).toMatchObject({ total: 1, people: 1 });
    expect(await readContent(fixture.deps, bo, 5)).toMatchObject({ total: 0, first: [] });
    const { massEnding } = await endedAll(fixture, ana);
    const progress = () => fixture.ledger.massEndingProgress(massEnding);
    const told = async () => terminalText(progressPhrase(await progress()));
    expect(await told()).toMatch('Curfew is ending the request');
    expect(await readContent(fixture.deps, ana, 5)).toMatchObject({ total: 0 });
    await fixture.shiftClock(61_000);
    expect(await progress()).toMatchObject({ leases: 1, revoked: 0, lateCount: 1 });
    await revokeLost(fixture.deps);
    expect(await told()).toBe('The request is ended, and its access is revoked and verified.');
    expect(await progress()).toMatchObject({ leases: 1, revoked: 1, lateCount: 0 });
  },
);

test.each(['dee', 'ana'])('an ending by %s counts that came before the restore was noticed', async (by) => {
  await lose();
  await endedAll(fixture, ana, by);
  await sweep(fixture.deps);
  await revokeLost(fixture.deps);
  expect(fixture.levelOf()).toBe('none');
});

test('an ending of their own access ends no access that was requested after it', async () => {
  await endedAll(fixture, ana, 'ana');
  await lose();
  await sweep(fixture.deps);
  await sweep(fixture.deps);
  expect(fixture.levelOf()).toBe('write');
  await endedAll(fixture, ana, 'ana');
  await revokeLost(fixture.deps);
  expect(fixture.levelOf()).toBe('none');
});

test('a row that somebody forged stops no mass ending (T24)', async () => {
  await lose();
  await sweep(fixture.deps);
  for (const [lease, request] of [
    ['lease_forged_0', 'req_forged'],
    ['lease_00000000000000000000000009_0', 'req_00000000000000000000000009'],
  ] as const)
    await rowsOf(
      fixture.url,
      `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
       select id, $1, 'unknown', '{"serial":1,"subject":7}', 'forged', $2, 'key', ledger_now() + interval '8 hours' from quarantine`,
      [lease, request],
    );
  expect((await endedAll(fixture, ana)).outcome.ok).toBe(true);
  await revokeLost(fixture.deps);
  expect(fixture.levelOf()).toBe('none');
});

test('a request with two targets ends as a whole with its entitlement', async () => {
  backup = await backUp(fixture.url);
  const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
  for (const target of [0, 1])
    await grantLease(fixture.deps, { lease: leaseIdOf(request, target), ...attempt });
  await backup.restore();
  await seeThePlan();
  expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['read', 'admin']);
  await endedAll(fixture, { kind: 'entitlement', entitlement: 'pair' });
  await revokeLost(fixture.deps);
  expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
});

test('a lock holds before the first lost access ends, however much there is (I18)', async () => {
  await lose();
  await seeThePlan();
  const locks: number[] = [];
  const endLostRequest: typeof fixture.ledger.endLostRequest = async (...given) => {
    locks.push((await fixture.ledger.readLocks()).length);
    return fixture.ledger.endLostRequest(...given);
  };
  const ledger = { ...fixture.ledger, endLostRequest };
  await endedAll({ ...fixture, deps: { ...fixture.deps, ledger } }, ana);
  expect(locks).toEqual([1]);
});

describe('lost access of somebody who left', () => {
  test.each([
    ['is no longer active', 'manager: bo, accounts', 'manager: bo, active: false, accounts'],
    [
      'is no longer in people.yaml',
      '{ id: ana, name: Ana, manager: bo, accounts: { slack: U0ANA, fake: ana } }',
      '{ id: zoe, name: Zoe }',
    ],
  ])('ends when its person %s (I17)', async (_what, from, to) => {
    await lose();
    await sweep(fixture.deps);
    await fixture.edit('people.yaml', from, to);
    await sweep(fixture.deps);
    await revokeLost(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
  });

  test('stays while people.yaml cannot be read, and while so many are held that nobody confirmed it (F29)', async () => {
    await lose();
    await seeThePlan();
    const mend = await fixture.edit('people.yaml', 'people:', 'peple:');
    await sweep(fixture.deps);
    await mend();
    await fixture.edit('people.yaml', 'manager: bo, accounts', 'manager: bo, active: false, accounts');
    const held = { ...fixture.deps, mostLeavers: 0 };
    expect((await sweep(held)).heldLeavers).toEqual(['ana']);
    await revokeLost(held);
    expect(fixture.levelOf()).toBe('write');
    await endedAll(fixture, leavers('ana'));
    await revokeLost(held);
    expect(fixture.levelOf()).toBe('none');
  });

  test('of accounts that nobody has stays too while so many are held, is named, and ends when somebody confirms it (F29)', async () => {
    await lose();
    await seeThePlan();
    await fixture.edit(
      'people.yaml',
      '{ id: ana, name: Ana, manager: bo, accounts: { slack: U0ANA, fake: ana } }',
      '{ id: zoe, name: Zoe }',
    );
    const held = { ...fixture.deps, mostLeavers: 0 };
    expect((await sweep(held)).heldLeavers).toEqual(['ana']);
    expect(fixture.levelOf()).toBe('write');
    const refused = await endedAll(fixture, { kind: 'leavers', people: ['zoe' as PersonId] }, 'bo');
    expect(refused.outcome).toMatchObject({ ok: false });
    expect((await endedAll(fixture, { kind: 'leavers', people: [] })).outcome.ok).toBe(true);
    await revokeLost(held);
    expect(fixture.levelOf()).toBe('none');
    expect((await endedAll(fixture, { kind: 'leavers', people: [] })).outcome).toMatchObject({
      ok: false,
      error: { why: 'nobody who has or waits for access has left' },
    });
  });
});
