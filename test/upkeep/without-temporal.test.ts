import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant, RequestId } from '../../core/ids.ts';
import { fakeProvider } from '../../providers/fake/index.ts';
import type { Remover } from '../../providers/provider.ts';
import { reap } from '../../reaper/reap.ts';
import { isComplete } from '../../reaper/report.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';
import { sweep, type SweepResult } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import {
  firstLease,
  levelsWritten,
  type RequestsFixture,
  startRequestsFixture,
} from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;

/** Runs one pass of the sweeper with the ledger's clock `ms` ahead. */
async function sweepAfter(ms: number): Promise<SweepResult> {
  await fixture.shiftClock(ms);
  return sweep(fixture.deps);
}

describe('Temporal has no workflow of the request (F06)', () => {
  test('the sweeper revokes a live lease after its end and closes the request', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    expect(fixture.levelOf()).toBe('write');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'expired' } });
  });

  test('after the reaper ended a lease, the sweeper finds everything gone, records the receipt and no drift (F07, I22)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    const later = () => (Date.now() + 1.1 * HOUR) as Instant;
    const remover = fakeProvider(fixture.vendor, later) as Remover;
    const report = await reap(
      { removers: new Map([['fake', remover]]) },
      { now: later, signal: neverAborts },
    );
    expect([isComplete(report), fixture.levelOf()]).toEqual([true, 'none']);
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'expired' } });
    const events = (await fixture.ledger.readTrail(request)).map(({ event }) => event);
    expect(events.map(({ kind }) => kind)).not.toContain('drifted');
    expect(events.find(({ kind }) => kind === 'revoked')).not.toHaveProperty('drift');
  });

  test('an approved request that is never granted closes without an effect at the provider', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    expect((await sweepAfter(12 * 60_000)).failed).toEqual([request]);
    expect((await sweepAfter(13 * 60_000)).revoked).toEqual([firstLease(request)]);
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
  });

  test('a pending request is closed by a withdrawal or by its lapse', async () => {
    const [one, other] = [await openedWithoutWorkflow(fixture), await openedWithoutWorkflow(fixture)];
    await answered(fixture, one, { kind: 'withdraw', by: 'ana' });
    expect((await fixture.state(one)).kind).toBe('closed');
    expect((await sweepAfter(9 * HOUR)).lapsed).toEqual([other]);
  });
});

test('a provider that does not answer delays the revocation of its own leases only (F32, I3)', async () => {
  const grantedRequest = async (entitlement: string) => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement });
    await granted(fixture, request);
    return request;
  };
  const unanswered: RequestId[] = [];
  while (unanswered.length < 21) unanswered.push(await grantedRequest('thing'));
  const other = await grantedRequest('other');
  await asAdmin(async (owner) => {
    await owner.query(`update lease set provider = 'other' where request_id = $1`, [other]);
    const renamed = `update request set targets = jsonb_set(targets, '{0,provider}', '"other"') where id = $1`;
    await owner.query(renamed, [other]);
  }, fixture.url);
  let letAnswer = (): void => undefined;
  const mayAnswer = new Promise<void>((resolve) => (letAnswer = resolve));
  const { provider } = fixture.providerControl;
  const silent: typeof provider = {
    ...provider,
    ensureAbsent: (...args) => mayAnswer.then(() => provider.ensureAbsent(...args)),
  };
  const providers = new Map([
    ['fake', silent],
    ['other', provider],
  ]);
  await fixture.shiftClock(1.1 * HOUR);
  const sweeping = sweep({ ...fixture.deps, providers });
  await until('the other one is closed', async () => (await fixture.state(other)).kind === 'closed');
  expect((await fixture.state(unanswered[0] ?? other)).kind).toBe('revoking');
  letAnswer();
  const { revoked, failedRevocations } = await sweeping;
  expect(failedRevocations).toEqual([]);
  expect(revoked).toHaveLength(22);
  expect([fixture.levelOf(), fixture.levelOf('other')]).toEqual(['none', 'none']);
});
