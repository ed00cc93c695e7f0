import { ELIGIBLE } from '../../core/request/commands.ts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { sweep } from '../../upkeep/sweep.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { firstLease, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import { active, approvedAlone, done, outcome, shortlyActive, levelsWritten } from './steps.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(async () => {
  await fixture.shiftClock(0);
  fixture.vendor.setLevel('ana', 'thing', 'none');
});
afterAll(() => fixture?.stop());

const signal = new AbortController().signal;
const attempt = { version: 0, signal, rememberUndo: () => undefined };
const end = (request: RequestId) =>
  fixture.ledger.record({
    request,
    name: 'end',
    via: 'workflow',
    command: (_state, at) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: ELIGIBLE, at }),
  });
const revoked = (deps: typeof fixture.deps, request: RequestId) =>
  revokeLease(deps, { lease: firstLease(request), expire: false, via: 'workflow', ...attempt });

/** Whether somebody waits for an advisory lock in this ledger. */
async function isLockAwaited(): Promise<boolean> {
  let waits = false;
  await asAdmin(async (owner) => {
    const locks = await owner.query(
      `select from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`,
    );
    waits = locks.rowCount === 1;
  }, fixture.url);
  return waits;
}

test('standing access remains after the end, at its own level (I5, B16)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const request = await active(fixture);
  expect(fixture.levelOf()).toBe('write');
  await done(fixture, request);
  expect(fixture.levelOf()).toBe('read');
});

test('standing access above the requested level is never lowered (I5, B16)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const request = await active(fixture);
  await done(fixture, request);
  expect(fixture.levelOf()).toBe('admin');
  expect(levelsWritten(fixture, request)).toEqual([]);
});

test('access that somebody granted manually before a request, and again after its end, remains (B08)', async () => {
  const first = await active(fixture);
  await done(fixture, first);
  fixture.vendor.setLevel('ana', 'thing', 'write');
  const second = await active(fixture);
  await done(fixture, second);
  expect(fixture.levelOf()).toBe('write');
});

test('the higher of two levels applies; an end keeps the other level; the last end restores the prior level (I5, I6)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const lower = await active(fixture);
  const higher = await active(fixture, { entitlement: 'top' });
  expect(fixture.levelOf()).toBe('admin');
  await done(fixture, higher);
  expect(fixture.levelOf()).toBe('write');
  await done(fixture, lower);
  expect(fixture.levelOf()).toBe('read');
});

test('access that somebody revoked manually meanwhile is not restored by the next request (I5)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const first = await active(fixture);
  fixture.vendor.setLevel('ana', 'thing', 'none');
  const second = await active(fixture);
  expect(fixture.levelOf()).toBe('write');
  await done(fixture, first);
  expect(fixture.levelOf()).toBe('write');
  await done(fixture, second);
  expect(fixture.levelOf()).toBe('none');
});

test('a grant that begins during a revocation observes only after the receipt of that revocation (F15, I5)', async () => {
  const [first, second] = [await approvedAlone(fixture), await approvedAlone(fixture)];
  await grantLease(fixture.deps, { lease: firstLease(first), ...attempt });
  let write = (): void => undefined;
  const mayWrite = new Promise<void>((resolve) => (write = resolve));
  const record: typeof fixture.ledger.record = async (step) => {
    if (step.name.startsWith('revoked/')) await mayWrite;
    return fixture.ledger.record(step);
  };
  await end(first);
  const removing = revoked({ ...fixture.deps, ledger: { ...fixture.ledger, record } }, first);
  await until('it is gone at the provider', () => fixture.levelOf() === 'none' || undefined);
  const looked = fixture.gate.countOf('observe');
  const granting = grantLease(fixture.deps, { lease: firstLease(second), ...attempt });
  await until('the grant waits for its lock', () => isLockAwaited());
  expect(fixture.gate.countOf('observe')).toBe(looked);
  write();
  await Promise.all([removing, granting]);
  expect(fixture.levelOf()).toBe('write');
  await end(second);
  await revoked(fixture.deps, second);
  expect(fixture.levelOf()).toBe('none');
});

test('a late revocation of a lease that is already revoked does not revoke the next lease (I5, F16)', async () => {
  const [first, second] = [await approvedAlone(fixture), await approvedAlone(fixture)];
  await grantLease(fixture.deps, { lease: firstLease(first), ...attempt });
  await end(first);
  let go = (): void => undefined;
  const mayGo = new Promise<void>((resolve) => (go = resolve));
  let waits = false;
  const withLock: typeof fixture.ledger.withLock = async (key, work) => {
    waits = true;
    await mayGo;
    return fixture.ledger.withLock(key, work);
  };
  const late = revoked({ ...fixture.deps, ledger: { ...fixture.ledger, withLock } }, first);
  await until('it waits for its lock', () => waits || undefined);
  await revoked(fixture.deps, first);
  await grantLease(fixture.deps, { lease: firstLease(second), ...attempt });
  go();
  await late;
  expect(fixture.levelOf()).toBe('write');
  await end(second);
  await revoked(fixture.deps, second);
  expect(fixture.levelOf()).toBe('none');
});

test('a grant just after a revocation waits until the consistency window has passed (F15, I5)', async () => {
  const [first, second] = [await approvedAlone(fixture), await approvedAlone(fixture)];
  await grantLease(fixture.deps, { lease: firstLease(first), ...attempt });
  await end(first);
  await revoked(fixture.deps, first);
  const lagging = { ...fixture.gate.provider, consistencyWindowMs: 60_000 };
  const deps = { ...fixture.deps, providers: new Map([['fake', lagging]]) };
  const grantSecond = () => grantLease(deps, { lease: firstLease(second), ...attempt });
  await expect(grantSecond()).rejects.toMatchObject({
    code: 'not-verified',
    retryAfterMs: expect.any(Number),
  });
  expect(fixture.levelOf()).toBe('none');
  await fixture.shiftClock(61_000);
  await grantSecond();
  expect(fixture.levelOf()).toBe('write');
  await end(second);
  await revoked(deps, second);
  expect(fixture.levelOf()).toBe('none');
});

test('the higher level ends last: the end of the lower level has no effect at the provider (I6)', async () => {
  const lower = await active(fixture);
  const higher = await active(fixture, { entitlement: 'top' });
  await done(fixture, lower);
  expect(fixture.levelOf()).toBe('admin');
  expect(levelsWritten(fixture, lower)).toEqual(['write']);
  await done(fixture, higher);
  expect(fixture.levelOf()).toBe('none');
});

test('two equal requests: the first end revokes nothing, the second end revokes the access (B14)', async () => {
  const first = await shortlyActive(fixture);
  const second = await active(fixture);
  await fixture.waitForState(first, 'closed');
  expect(fixture.levelOf()).toBe('write');
  await done(fixture, second);
  expect(fixture.levelOf()).toBe('none');
  expect(await outcome(fixture, first)).toEqual({ ending: 'expired' });
  await saveHistory(fixture, first, 'overlapping');
});

test('a later, shorter request does not shorten the first (B15)', async () => {
  const long = await active(fixture, { length: '8h' });
  const short = await shortlyActive(fixture);
  await fixture.waitForState(short, 'closed');
  expect(fixture.levelOf()).toBe('write');
  expect(await fixture.state(long)).toMatchObject({ kind: 'active' });
  await done(fixture, long);
  expect(fixture.levelOf()).toBe('none');
});

test('a request begins during the revocation of another: the later grant remains (F16, F26)', async () => {
  const first = await active(fixture);
  const held = fixture.gate.pauseNext('ensureAbsent', 'after');
  const ending = fixture.answer(first, 'end', 'ana');
  await held.reached;
  const second = active(fixture);
  await fixture.waitForState(first, 'revoking');
  held.release();
  await ending;
  const live = await second;
  await fixture.waitForState(first, 'closed');
  expect(fixture.levelOf()).toBe('write');
  await done(fixture, live);
  expect(fixture.levelOf()).toBe('none');
});

test('a request that was ended early is not revoked again at its original end (B19)', async () => {
  const first = await active(fixture);
  await done(fixture, first);
  const second = await active(fixture, { length: '4h' });
  await fixture.shiftClock(1.5 * 3_600_000);
  expect((await sweep(fixture.deps)).revoked).toEqual([]);
  expect(fixture.levelOf()).toBe('write');
  await fixture.shiftClock(0);
  await done(fixture, second);
});

test('two requests end at the same moment: there is one revocation and two receipts (F26)', async () => {
  const [first, second] = [await active(fixture), await active(fixture)];
  await Promise.all([done(fixture, first), done(fixture, second)]);
  expect(fixture.levelOf()).toBe('none');
  expect(
    [...levelsWritten(fixture, first), ...levelsWritten(fixture, second)].filter((level) => level === 'none'),
  ).toHaveLength(1);
  const third = await active(fixture); // a holding of its own: it restores to nothing, not to what the others had
  await done(fixture, third);
  expect(fixture.levelOf()).toBe('none');
});
