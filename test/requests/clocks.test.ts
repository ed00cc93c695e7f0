import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant, RequestId } from '../../core/ids.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { stopClock } from '../ledger/database.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt, granted, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;
/** Grants in a process whose clock differs from the ledger's by so many milliseconds. */
const grantedWithClock = (request: RequestId, ms: number) =>
  grantLease(
    { ...fixture.deps, clock: () => (fixture.deps.clock() + ms) as Instant },
    { lease: firstLease(request), ...attempt },
  );

describe('a process whose clock differs from the ledger’s (I23, F22)', () => {
  test.each([2_500, -2_500, HOUR, -HOUR])('by %d ms grants nothing, and says so', async (ms) => {
    const request = await approvedWithoutWorkflow(fixture);
    await expect(grantedWithClock(request, ms)).rejects.toMatchObject({ code: 'clocks-differ', retry: true });
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(await fixture.faultOf(request)).toMatch(/^clocks-differ: the clock of the ledger is [\d.]+ s off/);
  });

  test.each([1_000, -1_000])('by %d ms grants', async (ms) => {
    const request = await approvedWithoutWorkflow(fixture);
    await grantedWithClock(request, ms);
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
  });

  test.each([2_000, -2_000])('by exactly %d ms grants, and by a millisecond more it does not', async (ms) => {
    const request = await approvedWithoutWorkflow(fixture);
    const now = Date.now();
    await stopClock(fixture.url, now);
    const grantAt = (at: number) =>
      grantLease({ ...fixture.deps, clock: () => at as Instant }, { lease: firstLease(request), ...attempt });
    await expect(grantAt(now + ms + 400 * Math.sign(ms))).rejects.toThrow('is 2.4 s off the clock');
    await expect(grantAt(now + ms + Math.sign(ms))).rejects.toMatchObject({ code: 'clocks-differ' });
    await grantAt(now + ms);
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
  });

  test('revokes all the same, at once', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    const deps = { ...fixture.deps, clock: () => (fixture.deps.clock() - HOUR) as Instant };
    await revoked({ ...fixture, deps }, request);
    expect(await fixture.kinds(request)).toMatch(/revoked closed$/);
    expect(fixture.levelOf()).toBe('none');
  });
});

describe('a ledger whose clock was ahead at the approval, and was set back (F22)', () => {
  test('grants nothing, because the access would last longer than approved', async () => {
    await fixture.shiftClock(HOUR);
    const request = await approvedWithoutWorkflow(fixture);
    await fixture.shiftClock(0);
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'clocks-differ' });
    expect(levelsWritten(fixture, request)).toEqual([]);
  });

  test('grants when the clock was ahead by a second', async () => {
    await fixture.shiftClock(1_000);
    const request = await approvedWithoutWorkflow(fixture);
    await fixture.shiftClock(0);
    await granted(fixture, request);
    expect(levelsWritten(fixture, request)).toEqual(['write']);
  });
});
