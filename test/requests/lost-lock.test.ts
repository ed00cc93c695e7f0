import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { approvedWithoutWorkflow, granted, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  fixture.providerControl.releaseAll();
  await fixture.stop();
});

const ended = (request: RequestId) =>
  fixture.ledger.record({
    request,
    name: 'end',
    via: 'cli',
    command: (_state, at) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: ELIGIBLE, at }),
  });
/** The lock of a frozen process ends, because nothing renews it. */
const afterTheLock = () => fixture.shiftClock(11_000);
/** A grant that stands before its call to the provider, although its request ended and is revoked. `paused` lets it go on. */
async function lateGrant() {
  const request = await approvedWithoutWorkflow(fixture);
  const paused = fixture.providerControl.pauseNext('ensurePresent', 'before');
  const late = granted(fixture, request);
  late.catch(() => undefined);
  await paused.reached;
  await ended(request);
  await afterTheLock();
  await revoked(fixture, request);
  return { request, late, paused };
}
const sweepAt = async (ms: number) => {
  await fixture.shiftClock(ms);
  return sweep(fixture.deps);
};

describe('a process that is frozen during its call, and goes on after its lock was taken (F01, F16)', () => {
  test('a removal that comes late takes the access of the newer lease, and it is granted again within 60 s', async () => {
    const older = await approvedWithoutWorkflow(fixture);
    await granted(fixture, older);
    await ended(older);
    const paused = fixture.providerControl.pauseNext('ensureAbsent', 'before');
    const late = revoked(fixture, older);
    late.catch(() => undefined);
    await paused.reached;
    await afterTheLock();
    const newer = await approvedWithoutWorkflow(fixture);
    await granted(fixture, newer);
    expect([fixture.levelOf(), await fixture.kinds(newer)]).toEqual([
      'write',
      expect.stringMatching(/granted activated$/),
    ]);

    paused.release();
    await expect(late).rejects.toMatchObject({ code: 'lock-lost' });
    expect(await fixture.kinds(older)).toMatch(/activated revoke-started$/); // no receipt for it
    expect(fixture.levelOf()).toBe('none');

    const swept = await sweepAt(11_000 + 60_000);
    expect(swept.unverified).toEqual([]);
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.kinds(newer)).toMatch(/activated repaired$/);
    expect(await fixture.kinds(older)).toMatch(/revoke-started revoked closed$/);
  });

  test('a grant that comes after the close is revoked by itself, and the trail says so', async () => {
    const { request, late, paused } = await lateGrant();
    expect(await fixture.kinds(request)).toMatch(/revoke-started revoked closed$/);
    paused.release();
    await expect(late).rejects.toMatchObject({ code: 'lock-lost' });
    expect(fixture.levelOf()).toBe('write'); // the access that nobody may have
    await sweepAt(11_000 + 60_000);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toMatch(/closed repaired$/);
  });

  test('a grant that kept its lock and finds its request closed takes its access back, however often it was confirmed', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await ended(request);
    const paused = fixture.providerControl.pauseNext('ensurePresent', 'before');
    await asAdmin(async (owner) => {
      // Another attempt of the same grant began before the first one was recorded.
      await owner.query(`update lease set state = 'intended' where id = $1`, [firstLease(request)]);
    }, fixture.url);
    const late = granted({ ...fixture, deps: { ...fixture.deps, ledger: stillGranting(request) } }, request);
    late.catch(() => undefined);
    await paused.reached;
    await asAdmin(async (owner) => {
      await owner.query(`update lease set state = 'revoke-started' where id = $1`, [firstLease(request)]);
    }, fixture.url);
    paused.release();
    await expect(late).rejects.toMatchObject({ code: 'superseded' });
    expect(fixture.levelOf()).toBe('none');
    await revoked(fixture, request);
  });

  test('a grant that takes its access back, and loses its lock meanwhile, does not count as taken back', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const [writing, undoing] = [
      fixture.providerControl.pauseNext('ensurePresent', 'after'),
      fixture.providerControl.pauseNext('ensureAbsent', 'before'),
    ];
    const late = granted(fixture, request);
    late.catch(() => undefined);
    await writing.reached;
    await ended(request);
    writing.release();
    await undoing.reached;
    await afterTheLock();
    await fixture.ledger.withLock('fake\nthing\nana', () => Promise.resolve());
    undoing.release();
    await expect(late).rejects.toMatchObject({ code: 'lock-lost' });
    await revoked(fixture, request);
  });

  /** The ledger as it was before the request ended, for the check before the write. */
  const stillGranting = (request: RequestId): RequestsFixture['ledger'] => ({
    ...fixture.ledger,
    async readState(of) {
      const { state, at } = await fixture.ledger.readState(of);
      if (of !== request || state.kind !== 'revoking') return { state, at };
      const { ending: _ending, revoked: _revoked, ...rest } = state;
      return { state: { ...rest, kind: 'granting' }, at };
    },
  });

  test('gives access again that a newer request does not record as prior state', async () => {
    const { late, paused } = await lateGrant();
    const newer = await approvedWithoutWorkflow(fixture);
    paused.release();
    await expect(late).rejects.toMatchObject({ code: 'lock-lost' });
    expect(fixture.levelOf()).toBe('write');
    await granted(fixture, newer);
    await ended(newer);
    await revoked(fixture, newer);
    expect(fixture.levelOf()).toBe('none');
  });

  test.each([
    ['at the same time, with another level', 0, 'read'],
    ['after the last moment at which a late change can come', 61_000, 'write'],
  ] as const)('lowers no access that somebody gave %s', async (_when, laterMs, level) => {
    const { late, paused } = await lateGrant();
    paused.release();
    await expect(late).rejects.toMatchObject({ code: 'lock-lost' });
    await sweepAt(11_000 + laterMs);
    fixture.vendor.setLevel('ana', 'thing', level);
    const newer = await approvedWithoutWorkflow(fixture);
    await granted(fixture, newer);
    await ended(newer);
    await revoked(fixture, newer);
    expect(fixture.levelOf()).toBe(level);
  });

  test('whose lock another process took over has the access verified for a minute', async () => {
    const older = await approvedWithoutWorkflow(fixture);
    await granted(fixture, older);
    await ended(older);
    const paused = fixture.providerControl.pauseNext('ensureAbsent', 'before');
    const killed = revoked(fixture, older);
    killed.catch(() => undefined);
    await paused.reached;
    await afterTheLock();
    await revoked(fixture, older); // another process takes the lock over
    const newer = await approvedWithoutWorkflow(fixture);
    await granted(fixture, newer);
    // The killed process had sent its call. It reaches the provider now, and nobody says anything.
    for (const [ms, repairs] of [
      [6_000, 'activated repaired'],
      [58_000, 'activated repaired repaired'],
    ] as const) {
      fixture.vendor.setLevel('ana', 'thing', 'none');
      await sweepAt(11_000 + ms);
      expect(fixture.levelOf()).toBe('write');
      expect(await fixture.kinds(newer)).toMatch(new RegExp(`${repairs}$`));
    }
    await sweepAt(11_000 + 80_000); // the last look
    fixture.vendor.setLevel('ana', 'thing', 'none'); // by hand, which stays
    await sweepAt(11_000 + 300_000);
    expect(fixture.levelOf()).toBe('none');
  });
});

describe('locks of somebody else', () => {
  test('a login that holds every advisory lock delays no answer, no grant and no revocation (T43)', async () => {
    await asAdmin(async (holder) => {
      const request = await approvedWithoutWorkflow(fixture);
      for (const [key, seed] of [
        [request, 0],
        ['fake\nthing\nana', 1],
      ] as const)
        await holder.query('select pg_advisory_lock(hashtextextended($1, $2))', [key, seed]);
      await granted(fixture, request);
      await ended(request);
      await revoked(fixture, request);
      expect(await fixture.kinds(request)).toMatch(/revoked closed$/);
      expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    }, fixture.url);
  });
});
