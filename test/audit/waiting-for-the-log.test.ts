import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWaitingGrants } from '../../activities/waiting-grants.ts';
import { logAccess } from '../../audit/published-approval.ts';
import { Fault } from '../../core/faults.ts';
import type { RequestId } from '../../core/ids.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import type { LogAccess } from '../../requests/log-access.ts';
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

const WAITING = 20;

describe('grants that wait for the log', () => {
  test('ask the ledger for nothing when they come back, one of them looks each half second, and each is granted after the next checkpoint (F31, I21)', async () => {
    const requests: RequestId[] = [];
    for (let index = 0; index < WAITING; index += 1)
      requests.push(await approvedWithoutWorkflow(fixture, { entitlement: 'other' }));
    const { ledger, count } = counting(fixture.ledger);
    const deps = { ...fixture.deps, ledger, log: withoutWait(logAccess(trusted)) };
    let at = 0;
    const waiting = openWaitingGrants(() => at);
    const grant = (request: RequestId): Promise<unknown> => {
      const lease = firstLease(request);
      return waiting
        .attempt({ lease, provider: 'fake' }, () =>
          grantLease(deps, { lease, signal: neverAborts, rememberUndo: () => undefined }),
        )
        .catch((error: unknown) => error);
    };
    for (const each of requests) expect(await grant(each)).toMatchObject({ code: 'log-behind' });

    const before = count();
    for (let time = 0; time < 50; time += 1)
      for (const each of requests)
        expect(await grant(each)).toMatchObject({ code: 'log-behind', retryAfterMs: 500 });
    expect(count() - before).toBe(0);
    at += 500;
    for (const each of requests) await grant(each);
    const ofOneLook = count() - before;
    expect(ofOneLook).toBeGreaterThan(0);
    expect(ofOneLook).toBeLessThanOrEqual(12);

    await publishAll(fixture.ledger);
    at += 500;
    for (const each of requests) {
      await untilSeen(() => grant(each));
      expect((await fixture.state(each)).kind).toBe('active');
    }
  }, 60_000);
});

/** The same log. Nobody waits in it, so that a test without a sequencer ends at once. */
const withoutWait = (log: LogAccess): LogAccess => ({
  ...log,
  publishedEvents: (ledger, events, options) =>
    log.publishedEvents(ledger, events, { ...options, waitMs: 0 }),
});

/** A process learns of a new checkpoint within a quarter of a second. */
async function untilSeen(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const outcome = await work();
    if (!(outcome instanceof Fault)) return;
    expect(outcome.code).toBe('log-behind');
  }
}
