import { ELIGIBLE } from '../../core/request/commands.ts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { sweep } from '../../upkeep/sweep.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { firstLease, type Rig, startRig } from './workflow.fixture.ts';
import { active, approvedAlone, done, outcome, shortlyActive, written } from './steps.fixture.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await rig.shiftClock(0);
  rig.vendor.setLevel('ana', 'thing', 'none');
});
afterAll(() => rig?.stop());

const signal = new AbortController().signal;
const attempt = { version: 0, signal, rememberUndo: () => undefined };
const end = (request: RequestId) =>
  rig.ledger.record({
    request,
    name: 'end',
    via: 'workflow',
    command: (_state, at) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: ELIGIBLE, at }),
  });
const removed = (deps: typeof rig.deps, request: RequestId) =>
  revokeLease(deps, { lease: firstLease(request), expire: false, via: 'workflow', ...attempt });

/** Whether somebody waits for an advisory lock in this ledger. */
async function laneIsAwaited(): Promise<boolean> {
  let waits = false;
  await asAdmin(async (owner) => {
    const locks = await owner.query(
      `select from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`,
    );
    waits = locks.rowCount === 1;
  }, rig.url);
  return waits;
}

test('standing access is still there afterwards, at its own level (I5, B16)', async () => {
  rig.vendor.setLevel('ana', 'thing', 'read');
  const request = await active(rig);
  expect(rig.has()).toBe('write');
  await done(rig, request);
  expect(rig.has()).toBe('read');
});

test('standing access above what was asked is never lowered (I5, B16)', async () => {
  rig.vendor.setLevel('ana', 'thing', 'admin');
  const request = await active(rig);
  await done(rig, request);
  expect(rig.has()).toBe('admin');
  expect(written(rig, request)).toEqual([]);
});

test('what somebody gave by hand beforehand, and again after an end, is theirs (B08)', async () => {
  const first = await active(rig);
  await done(rig, first);
  rig.vendor.setLevel('ana', 'thing', 'write');
  const second = await active(rig);
  await done(rig, second);
  expect(rig.has()).toBe('write');
});

test('the higher of two holds; each end leaves the other; the last restores what was there (I5, I6)', async () => {
  rig.vendor.setLevel('ana', 'thing', 'read');
  const lower = await active(rig);
  const higher = await active(rig, { entitlement: 'top' });
  expect(rig.has()).toBe('admin');
  await done(rig, higher);
  expect(rig.has()).toBe('write');
  await done(rig, lower);
  expect(rig.has()).toBe('read');
});

test('what somebody took away by hand meanwhile is not given back by the next one (I5)', async () => {
  rig.vendor.setLevel('ana', 'thing', 'admin');
  const first = await active(rig);
  rig.vendor.setLevel('ana', 'thing', 'none');
  const second = await active(rig);
  expect(rig.has()).toBe('write');
  await done(rig, first);
  expect(rig.has()).toBe('write');
  await done(rig, second);
  expect(rig.has()).toBe('none');
});

test('one that begins while another ends looks only once that one has its receipt (F15, I5)', async () => {
  const [first, second] = [await approvedAlone(rig), await approvedAlone(rig)];
  await grantLease(rig.deps, { lease: firstLease(first), ...attempt });
  let write = (): void => undefined;
  const mayWrite = new Promise<void>((resolve) => (write = resolve));
  const record: typeof rig.ledger.record = async (step) => {
    if (step.name.startsWith('revoked/')) await mayWrite;
    return rig.ledger.record(step);
  };
  await end(first);
  const removing = removed({ ...rig.deps, ledger: { ...rig.ledger, record } }, first);
  await until('it is gone at the provider', () => rig.has() === 'none' || undefined);
  const looked = rig.gate.tries('observe');
  const granting = grantLease(rig.deps, { lease: firstLease(second), ...attempt });
  await until('the grant waits for its lane', () => laneIsAwaited());
  expect(rig.gate.tries('observe')).toBe(looked);
  write();
  await Promise.all([removing, granting]);
  expect(rig.has()).toBe('write');
  await end(second);
  await removed(rig.deps, second);
  expect(rig.has()).toBe('none');
});

test('a removal that waited while another one ended its lease takes nothing from the next one (I5, F16)', async () => {
  const [first, second] = [await approvedAlone(rig), await approvedAlone(rig)];
  await grantLease(rig.deps, { lease: firstLease(first), ...attempt });
  await end(first);
  let go = (): void => undefined;
  const mayGo = new Promise<void>((resolve) => (go = resolve));
  let waits = false;
  const withLock: typeof rig.ledger.withLock = async (key, work) => {
    waits = true;
    await mayGo;
    return rig.ledger.withLock(key, work);
  };
  const late = removed({ ...rig.deps, ledger: { ...rig.ledger, withLock } }, first);
  await until('it waits for its lane', () => waits || undefined);
  await removed(rig.deps, first);
  await grantLease(rig.deps, { lease: firstLease(second), ...attempt });
  go();
  await late;
  expect(rig.has()).toBe('write');
  await end(second);
  await removed(rig.deps, second);
  expect(rig.has()).toBe('none');
});

test('one that begins just after another ended waits until what it reads is sure (F15, I5)', async () => {
  const [first, second] = [await approvedAlone(rig), await approvedAlone(rig)];
  await grantLease(rig.deps, { lease: firstLease(first), ...attempt });
  await end(first);
  await removed(rig.deps, first);
  const lagging = { ...rig.gate.provider, consistencyWindowMs: 60_000 };
  const deps = { ...rig.deps, providers: new Map([['fake', lagging]]) };
  const give = () => grantLease(deps, { lease: firstLease(second), ...attempt });
  await expect(give()).rejects.toMatchObject({ code: 'not-verified', retryAfterMs: expect.any(Number) });
  expect(rig.has()).toBe('none');
  await rig.shiftClock(61_000);
  await give();
  expect(rig.has()).toBe('write');
  await end(second);
  await removed(deps, second);
  expect(rig.has()).toBe('none');
});

test("the higher one ends last: the lower one's end has no effect at the provider (I6)", async () => {
  const lower = await active(rig);
  const higher = await active(rig, { entitlement: 'top' });
  await done(rig, lower);
  expect(rig.has()).toBe('admin');
  expect(written(rig, lower)).toEqual(['write']);
  await done(rig, higher);
  expect(rig.has()).toBe('none');
});

test('two alike: the first end takes nothing, the second everything (B14)', async () => {
  const first = await shortlyActive(rig);
  const second = await active(rig);
  await rig.reaches(first, 'closed');
  expect(rig.has()).toBe('write');
  await done(rig, second);
  expect(rig.has()).toBe('none');
  expect(await outcome(rig, first)).toEqual({ ending: 'expired' });
  await saveHistory(rig, first, 'overlapping');
});

test('a later, shorter one does not shorten the first (B15)', async () => {
  const long = await active(rig, { length: '8h' });
  const short = await shortlyActive(rig);
  await rig.reaches(short, 'closed');
  expect(rig.has()).toBe('write');
  expect(await rig.state(long)).toMatchObject({ kind: 'active' });
  await done(rig, long);
  expect(rig.has()).toBe('none');
});

test('one begins while the other is being taken away: what is given last stands (F16, F26)', async () => {
  const first = await active(rig);
  const held = rig.gate.hold('ensureAbsent', 'after');
  const ending = rig.say(first, 'end', 'ana');
  await held.reached;
  const second = active(rig);
  await rig.reaches(first, 'revoking');
  held.release();
  await ending;
  const live = await second;
  await rig.reaches(first, 'closed');
  expect(rig.has()).toBe('write');
  await done(rig, live);
  expect(rig.has()).toBe('none');
});

test('an end that was brought forward does not come back at its old time (B19)', async () => {
  const first = await active(rig);
  await done(rig, first);
  const second = await active(rig, { length: '4h' });
  await rig.shiftClock(1.5 * 3_600_000);
  expect((await sweep(rig.deps)).revoked).toEqual([]);
  expect(rig.has()).toBe('write');
  await rig.shiftClock(0);
  await done(rig, second);
});

test('both end in the same moment: one removal, two receipts (F26)', async () => {
  const [first, second] = [await active(rig), await active(rig)];
  await Promise.all([done(rig, first), done(rig, second)]);
  expect(rig.has()).toBe('none');
  expect([...written(rig, first), ...written(rig, second)].filter((level) => level === 'none')).toHaveLength(
    1,
  );
  const third = await active(rig); // a holding of its own: it restores to nothing, not to what the others had
  await done(rig, third);
  expect(rig.has()).toBe('none');
});
