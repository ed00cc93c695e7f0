import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';
import { openLedger } from '../../ledger/index.ts';
import { firstLease, levelsWritten } from '../requests/requests.fixture.ts';
import { answered, approvedWithoutWorkflow, revoked } from '../requests/steps.fixture.ts';
import {
  carriedOut,
  ended,
  type FindingsFixture,
  findingsIn,
  live,
  looked,
  MINUTE,
  only,
  owner,
  people,
  reconciled,
  reconciledAgain,
  startFindingsFixture,
  withProvider,
} from './findings.fixture.ts';

let fixture: FindingsFixture;
beforeEach(async () => {
  fixture = await startFindingsFixture();
});
afterEach(() => fixture.stop());

/** A person changes the access at the provider, without Curfew. */
const byHand = (level: 'none' | 'read' | 'write' | 'admin') => fixture.vendor.setLevel('ana', 'thing', level);
const SECOND = 1_000;

const driftsOf = async (request: RequestId) =>
  (await fixture.ledger.readTrail(request)).flatMap(({ event, via }) =>
    event.kind === 'drifted' ? [{ ...(event as Extract<Event, { kind: 'drifted' }>), via }] : [],
  );
const reads = () => fixture.providerControl.countOf('observe');
/** How many reads one pass of looks makes at this time. */
async function readsAt(ms: number): Promise<number> {
  await fixture.shiftClock(ms);
  const before = reads();
  await looked(fixture);
  return reads() - before;
}

describe('when access is looked at', () => {
  test('after a grant: after the consistency window, after one minute, after fifteen, and then every fifteen', async () => {
    await live(fixture);
    expect(await readsAt(0)).toBe(0);
    expect(await readsAt(5 * SECOND)).toBe(1);
    expect(await readsAt(30 * SECOND)).toBe(0);
    expect(await readsAt(61 * SECOND)).toBe(1);
    expect(await readsAt(14 * MINUTE)).toBe(0);
    expect(await readsAt(15.1 * MINUTE)).toBe(1);
    expect(await readsAt(28 * MINUTE)).toBe(0);
    expect(await readsAt(32 * MINUTE)).toBe(1);
    expect(await readsAt(50 * MINUTE)).toBe(1);
  });

  test('after a receipt: three times, and then never again', async () => {
    const request = await live(fixture);
    await looked(fixture);
    await ended(fixture, request);
    expect(await readsAt(5 * SECOND)).toBe(1);
    expect(await readsAt(61 * SECOND)).toBe(1);
    expect(await readsAt(15.1 * MINUTE)).toBe(1);
    expect(await readsAt(24 * 60 * MINUTE)).toBe(0);
  });

  test('the schedule survives a restart, and two sweepers share the looks', async () => {
    await live(fixture);
    await live(fixture, 'other');
    await fixture.shiftClock(5 * SECOND);
    const other = openLedger(fixture.url, { role: 'sweeper' });
    const before = reads();
    try {
      await Promise.all([looked(fixture), looked({ ...fixture, as: { ...fixture.as, sweeper: other } })]);
    } finally {
      await other.close();
    }
    expect(reads() - before).toBe(2);
  });

  test('a lease without an intent has nothing to look at', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await owner(fixture, `update lease set state = 'revoked', next_try_at = null`);
    await fixture.shiftClock(5 * SECOND);
    expect(await fixture.as.sweeper.takeAccessCheck({ leases: [], providers: [] })).toBeUndefined();
  });

  test('no more is read than a quarter of the budget of the provider, whatever number of leases is live', async () => {
    const slow = withProvider(fixture, () => ({ rateBudget: 24 })); // six calls a minute, and a look counts for six
    for (let leases = 0; leases < 4; leases += 1) await live(fixture, leases % 2 ? 'other' : 'thing');
    await fixture.shiftClock(5 * SECOND);
    const before = reads();
    await looked(slow);
    expect(reads() - before).toBe(1);
    await fixture.shiftClock(40 * SECOND);
    await looked(slow);
    expect(reads() - before).toBe(1);
    await fixture.shiftClock(70 * SECOND);
    await looked(slow);
    expect(reads() - before).toBe(2);
  });
});

describe('a live lease', () => {
  test('that has what it gives changes nothing, and closes a finding that is over', async () => {
    const request = await live(fixture);
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([]);
    expect(await driftsOf(request)).toEqual([]);
  });

  test('that has less is drift, recorded once, and is never granted again (I22)', async () => {
    const request = await live(fixture);
    byHand('read');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(request), what: 'less' }]);
    expect(await driftsOf(request)).toMatchObject([
      { change: 'lowered', expected: 'write', found: 'read', via: 'sweeper' },
    ]);
    await fixture.shiftClock(2 * MINUTE);
    expect(await looked(fixture)).toEqual([]);
    expect(await driftsOf(request)).toHaveLength(1);
    expect(fixture.levelOf()).toBe('read');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
  });

  test('that has more is drift and a finding; it closes when somebody lowers it again', async () => {
    const request = await live(fixture);
    byHand('admin');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(request), what: 'more' }]);
    expect(await driftsOf(request)).toMatchObject([{ change: 'raised', expected: 'write', found: 'admin' }]);
    expect(await only(fixture)).toMatchObject({
      subject: { name: 'ana' },
      level: 'admin',
      targetName: 'thing',
    });
    byHand('write');
    await fixture.shiftClock(2 * MINUTE);
    await looked(fixture);
    expect(await findingsIn(fixture, 'open')).toEqual([]);
    expect(fixture.levelOf()).toBe('write');
  });

  test('adopted access above it is no drift any more', async () => {
    const request = await live(fixture);
    byHand('admin');
    await fixture.shiftClock(5 * SECOND);
    await looked(fixture);
    await carriedOut(fixture, 'adopt', await only(fixture));
    await fixture.shiftClock(2 * MINUTE);
    expect(await looked(fixture)).toEqual([]);
    expect(await driftsOf(request)).toHaveLength(1);
  });

  test('within the consistency window after a change, a read says nothing (F15)', async () => {
    const slow = withProvider(fixture, () => ({ consistencyWindowMs: 20_000 }));
    const request = await live(slow);
    byHand('none'); // as a stale read shows it
    await fixture.shiftClock(15 * SECOND);
    expect(await looked(slow)).toEqual([]);
    byHand('write');
    await fixture.shiftClock(25 * SECOND);
    expect(await looked(slow)).toEqual([]);
    expect(await driftsOf(request)).toEqual([]);
  });

  test('a read that fails is no drift: it is repeated, and says why', async () => {
    const request = await live(fixture);
    const works = fixture.providerControl.failFrom('observe');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([
      { lease: firstLease(request), what: 'failed', why: expect.stringContaining('provider-unavailable') },
    ]);
    expect(await driftsOf(request)).toEqual([]);
    works();
    expect(await readsAt(40 * SECOND)).toBe(1);
  });

  test('the account of this name is another one now: the read says nothing about the holder (F24)', async () => {
    const request = await live(fixture);
    fixture.vendor.renameAccount('ana', 'anna');
    fixture.vendor.makeAccount('ana');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toMatchObject([
      { what: 'unknown', why: expect.stringContaining('another account') },
    ]);
    expect(await driftsOf(request)).toEqual([]);
  });

  test('of two leases of one access only the one that has less is drift', async () => {
    const write = await live(fixture);
    const read = await live(fixture, 'look');
    byHand('read');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(write), what: 'less' }]);
    expect(await driftsOf(write)).toHaveLength(1);
    expect(await driftsOf(read)).toEqual([]);
  });

  test('is compared only when none of the three leases of its access is being revoked', async () => {
    const request = await live(fixture);
    await live(fixture, 'look');
    const over = await live(fixture, 'top');
    await answered(fixture, over, { kind: 'end', by: 'ana' });
    byHand('read'); // as a revocation that goes on can show it
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([]);
    expect(await driftsOf(request)).toEqual([]);
    byHand('write');
    await revoked(fixture, over);
    byHand('read');
    await fixture.shiftClock(MINUTE);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(request), what: 'less' }]);
  });
});

describe('a lease that is over', () => {
  test('whose access shows again is revoked again, and recorded as repaired', async () => {
    const request = await live(fixture);
    await ended(fixture, request);
    byHand('write'); // a change that came late
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(request), what: 'repaired' }]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toMatch(/closed repaired$/);
  });

  test('is lowered to the prior state and to what another lease gives, and not below (I5, I6)', async () => {
    byHand('read');
    const request = await live(fixture);
    await ended(fixture, request);
    byHand('write');
    await fixture.shiftClock(5 * SECOND);
    await looked(fixture);
    expect(fixture.levelOf()).toBe('read');
  });

  test('whose account has what another live lease gives left nothing, however late the look is (I6)', async () => {
    const request = await live(fixture);
    await live(fixture, 'look');
    await ended(fixture, request);
    expect(fixture.levelOf()).toBe('read');
    await owner(
      fixture,
      `update lease set changed_at = changed_at - interval '3 hours' where state = 'revoked'`,
    );
    await owner(
      fixture,
      `update access_check set changed_at = changed_at - interval '3 hours' where change = 'revoked'`,
    );
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([]);
    expect(await findingsIn(fixture, 'open')).toEqual([]);
    expect(fixture.levelOf()).toBe('read');
  });

  test('whose access somebody adopted meanwhile is left as it is', async () => {
    await reconciled(fixture);
    await ended(fixture, await live(fixture));
    await fixture.shiftClock(20 * MINUTE);
    await reconciledAgain(fixture); // It shows that nothing is left.
    byHand('write');
    await reconciledAgain(fixture);
    await carriedOut(fixture, 'adopt', await only(fixture));
    await owner(fixture, `update access_check set next_at = ledger_now(), done = 1`);
    await looked(fixture);
    expect(fixture.levelOf()).toBe('write');
  });

  test('an account that was renamed after its receipt is found by its id (F24)', async () => {
    const request = await live(fixture);
    await ended(fixture, request);
    byHand('write');
    fixture.vendor.renameAccount('ana', 'anna');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(request), what: 'repaired' }]);
    expect(fixture.vendor.levelOf('anna', 'thing')).toBe('none');
  });

  test('above the cap nothing is revoked: a person is asked (B18)', async () => {
    people(fixture, ['eve', 'fay']);
    await reconciled(fixture);
    const one = await live(fixture);
    await ended(fixture, one);
    byHand('write');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toMatchObject([{ what: 'repaired' }]);
    byHand('write');
    await fixture.shiftClock(2 * MINUTE);
    expect(await looked(fixture)).toMatchObject([{ what: 'left' }]);
    expect(fixture.levelOf()).toBe('write');
    expect(await only(fixture)).toMatchObject({ lease: firstLease(one), whyNoAdopt: expect.any(String) });
  });

  test('whose access somebody gave again hours later keeps it: a delayed look makes a finding (I5)', async () => {
    const request = await live(fixture);
    await ended(fixture, request);
    byHand('write');
    await fixture.shiftClock(3 * 60 * MINUTE);
    expect(await looked(fixture)).toEqual([{ lease: firstLease(request), what: 'left' }]);
    expect(fixture.levelOf()).toBe('write');
    expect(await only(fixture)).toMatchObject({ level: 'write', whyNoAdopt: expect.any(String) });
  });

  test('whose account has a higher level than it gave keeps it, and a person may adopt that (I5)', async () => {
    const request = await live(fixture, 'look');
    await ended(fixture, request);
    byHand('admin');
    await fixture.shiftClock(5 * SECOND);
    expect(await looked(fixture)).toMatchObject([{ lease: firstLease(request), what: 'left' }]);
    expect(fixture.levelOf()).toBe('admin');
    expect((await only(fixture)).whyNoAdopt).toBeUndefined();
  });

  test.each<[title: string, minutes: number, inQuarantine: boolean]>([
    ['hours later', 180, false],
    ['in quarantine (I25)', 0.1, true],
  ])(
    'an account that cannot be read by its name is not touched %s (I5)',
    async (_title, minutes, isFrozen) => {
      await ended(fixture, await live(fixture));
      byHand('write');
      fixture.vendor.renameAccount('ana', 'anna');
      await fixture.shiftClock(minutes * MINUTE);
      const { sweeper } = fixture.as;
      const asked: typeof sweeper = { ...sweeper, isQuarantined: () => Promise.resolve(isFrozen) };
      expect(await looked({ ...fixture, as: { ...fixture.as, sweeper: asked } })).toMatchObject([
        { what: 'unknown' },
      ]);
      expect(fixture.vendor.levelOf('anna', 'thing')).toBe('write');
    },
  );
});
