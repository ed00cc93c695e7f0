import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { logAccess } from '../../audit/published-approval.ts';
import { Fault } from '../../core/faults.ts';
import { type LeaseId, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { approvedWithoutWorkflow } from '../requests/steps.fixture.ts';
import { trusted } from './log.fixture.ts';
import { publishAll } from './published.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => void (fixture = await startRequestsFixture()));
afterAll(() => fixture?.stop());

/** The same ledger, which counts what is asked. */
function counting(ledger: RequestsFixture['ledger']) {
  let count = 0;
  const counted = new Proxy(ledger, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: readonly unknown[]) => {
        count += 1;
        return Reflect.apply(method, target, given) as unknown;
      };
    },
  });
  return { ledger: counted, count: () => count };
}

describe('1,000 grants that wait for the log', () => {
  test('ask the ledger for nothing but the newest checkpoint, all together, and come back at most 50 times a second; each is granted after the next checkpoint (F31, I21)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const log = logAccess(trusted);
    const { ledger, count } = counting(fixture.ledger);
    const deps = { ...fixture.deps, ledger, log };
    const behind = (each: RequestId) =>
      log
        .publishedEvents(
          ledger,
          { request: each, until: 'grant-started' },
          { waitMs: 0, signal: neverAborts },
        )
        .catch((error: unknown) => error);
    const grant = (lease: LeaseId): Promise<unknown> =>
      grantLease(deps, { lease, signal: neverAborts, rememberUndo: () => undefined }).catch(
        (error: unknown) => error,
      );
    const waiting = Array.from({ length: 999 }, (_, index) => `req_wait${index}` as RequestId);
    for (const each of [request, ...waiting]) await behind(each);

    const before = count();
    const faults = await Promise.all([request, ...waiting].map((each) => grant(leaseIdOf(each, 0))));
    expect(count() - before).toBeLessThanOrEqual(2);
    for (const fault of faults) expect(fault).toMatchObject({ code: 'log-behind', retryAfterMs: 20_000 });

    await publishAll(fixture.ledger);
    await untilSeen(() => grant(firstLease(request)));
    expect((await fixture.state(request)).kind).toBe('active');
  }, 60_000);
});

/** A process learns of a new checkpoint within a quarter of a second. */
async function untilSeen(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const outcome = await work();
    if (!(outcome instanceof Fault)) return;
    expect(outcome.code).toBe('log-behind');
  }
}
