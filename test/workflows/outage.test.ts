import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { endSessions, takeAwayDatabase } from '../ledger/outage.fixture.ts';
import { firstLease, handleOf, type Rig, startRig } from './workflow.fixture.ts';
import {
  active,
  approved,
  done,
  doors,
  outcome,
  pending,
  shortlyActive,
  waiting,
  written,
} from './steps.fixture.ts';

let rig: Rig;
let back: (() => Promise<void>) | undefined;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await back?.();
  back = undefined;
  await rig.shiftClock(0);
});
afterAll(() => rig?.stop());

const ledgerGoes = async () => void (back = await takeAwayDatabase(rig.url));
const ledgerReturns = async () => {
  await back?.();
  back = undefined;
};

describe('the ledger is away for a while (F04, I14)', () => {
  test('a click is refused, not lost: the door hears that it was not written (I16)', async () => {
    await ledgerGoes();
    const id = clickIdOf(uuidv7());
    const lost = rig.click({ kind: 'withdraw', id, request: requestIdOf(id) });
    await expect(lost).rejects.toMatchObject({ code: 'ledger-unavailable' });
  });

  test('an approval waits, and acts once', async () => {
    const request = await pending(rig);
    const click = await rig.say(request, 'approve', 'bo');
    await ledgerGoes();
    await ledgerReturns();
    await rig.reaches(request, 'active');
    expect(await rig.settled(click)).toEqual({ kind: 'answered' });
    expect(await rig.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated',
    );
    await done(rig, request);
  });

  test('mid-grant, after the provider did it: tried again, one effect (I2, I15)', async () => {
    const held = rig.gate.hold('ensurePresent', 'after');
    const request = await approved(rig);
    await held.reached;
    await ledgerGoes(); // the grant's own lane breaks while it is lent out
    held.release();
    await waiting(rig, request, 'grant');
    await ledgerReturns();
    await rig.reaches(request, 'active');
    expect(written(rig, request)).toEqual(['write']);
    await done(rig, request);
    await saveHistory(rig, request, 'ledger-down-granting');
  });

  test('mid-grant, and it is still away when the time is up: what was given is taken all the same (I3)', async () => {
    const held = rig.gate.hold('ensurePresent', 'after');
    await rig.shiftClock(-55_000);
    const request = await approved(rig, { length: '1m' });
    await held.reached;
    await rig.shiftClock(0);
    await ledgerGoes();
    held.release();
    expect(rig.has()).toBe('write');
    await until('it is gone at the provider', () => rig.has() === 'none' || undefined);
    await ledgerReturns();
    await rig.reaches(request, 'closed');
    // Both are true, and the ledger hears whichever comes first.
    expect(['expired', 'grant-failed']).toContain(
      ((await outcome(rig, request)) as { ending: string }).ending,
    );
    expect(await rig.kinds(request)).toMatch(/intended revoke-started revoked closed$/);
    await saveHistory(rig, request, 'ledger-down-granting-to-the-end');
  });

  test('a restart of the server in the middle of a grant costs nothing but time', async () => {
    const held = rig.gate.hold('ensurePresent', 'before');
    const request = await approved(rig);
    await held.reached;
    await endSessions(rig.url);
    held.release();
    await rig.reaches(request, 'active');
    await done(rig, request);
    expect(rig.has()).toBe('none');
  });

  test('no new access while nothing can be written down', async () => {
    const held = rig.gate.hold('observe', 'after');
    const request = await approved(rig);
    await held.reached;
    await ledgerGoes();
    held.release();
    await waiting(rig, request, 'grant');
    expect(written(rig, request)).toEqual([]);
    await ledgerReturns();
    await rig.reaches(request, 'active');
    await done(rig, request);
  });

  test('an end that comes meanwhile still happens at the provider; its receipt comes later', async () => {
    const request = await shortlyActive(rig);
    await ledgerGoes();
    await until('it is gone at the provider', () => rig.has() === 'none' || undefined);
    await ledgerReturns();
    await rig.reaches(request, 'closed');
    expect(await outcome(rig, request)).toEqual({ ending: 'expired' });
    expect(await doors(rig, request, 'revoked')).toEqual(['workflow']);
    expect(written(rig, request)).toEqual(['write', 'none']);
    await saveHistory(rig, request, 'ledger-down-expiring');
  });

  test('an end that comes meanwhile leaves no more than stood before, whoever else held it at the grant (I3)', async () => {
    const higher = await active(rig, { entitlement: 'top' });
    await rig.shiftClock(-45_000);
    const request = await active(rig, { length: '1m' }); // it had "admin" beside it
    await rig.shiftClock(0);
    await done(rig, higher);
    expect(rig.has()).toBe('write');
    await ledgerGoes();
    await until('it is gone at the provider', () => rig.has() === 'none' || undefined);
    await ledgerReturns();
    await rig.reaches(request, 'closed');
  });

  test("an operator's cancel that cannot be written does not keep the end from coming", async () => {
    const request = await shortlyActive(rig);
    await ledgerGoes();
    await handleOf(rig, request).cancel();
    await until('it is gone at the provider', () => rig.has() === 'none' || undefined);
    await ledgerReturns();
    await rig.reaches(request, 'closed');
    await outcome(rig, request);
    await saveHistory(rig, request, 'ledger-down-cancelled');
  });
});

test('a ledger broken in a way nobody foresaw does not keep a removal from its provider (I14)', async () => {
  const request = await active(rig);
  const signal = new AbortController().signal;
  const lease = firstLease(request);
  const { undo } = await grantLease(rig.deps, { lease, version: 0, signal, rememberUndo: () => undefined });
  const readLease = () => Promise.reject(new Error('index "lease_pkey" contains corrupted page'));
  const broken = { ...rig.deps, ledger: { ...rig.ledger, readLease } };
  const removing = { lease, expire: true, via: 'workflow', undo, version: 0, signal } as const;
  await expect(revokeLease(broken, removing)).rejects.toThrow('corrupted');
  expect(rig.has()).toBe('none');
  expect(await rig.state(request)).toMatchObject({ kind: 'active' }); // no receipt: it is tried again
  await done(rig, request);
});

describe('a lane that is taken is not a ledger that is away (I6)', () => {
  test("an end waits for another's grant on the same access, and does not go round it", async () => {
    const first = await active(rig, { entitlement: 'top' });
    const held = rig.gate.hold('ensurePresent', 'after');
    const second = await approved(rig);
    await held.reached;
    const click = await rig.say(first, 'end', 'ana');
    await waiting(rig, first, 'revoke'); // its wait for the lane was cut off
    expect(rig.has()).toBe('admin');
    expect(await rig.faultOf(first)).toMatch(/in progress/);
    held.release();
    await rig.settled(click);
    await rig.reaches(second, 'active');
    expect(rig.has()).toBe('write');
    await done(rig, second);
    expect(rig.has()).toBe('none');
  });
});
