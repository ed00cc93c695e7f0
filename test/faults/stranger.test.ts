import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { ana, endedAll } from '../requests/mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  attempt,
  granted,
  openedWithoutWorkflow,
  revoked,
} from '../requests/steps.fixture.ts';
import { startSharedServer, type Stranger } from './stranger.fixture.ts';

let server: Awaited<ReturnType<typeof startSharedServer>>;
let fixture: RequestsFixture;
beforeAll(async () => void (server = await startSharedServer()));
beforeEach(async () => void (fixture = await startRequestsFixture()));
afterEach(async () => {
  await server?.stranger.leave();
  await fixture?.stop();
});
afterAll(() => server?.stop());

/** The seconds after the end of an access at which the sweeper and the workflow try to revoke it. */
const TRIES = [0, 20, 40];
const HOUR_MS = 3_600_000;

async function live() {
  const request = await approvedWithoutWorkflow(fixture);
  const { undo } = await granted(fixture, request);
  expect(fixture.levelOf()).toBe('write');
  return { request, lease: firstLease(request), undo };
}

/** All that a login without any right on the ledger was found to be able to do to its server. */
const DONE: readonly (readonly [what: string, begin: (stranger: Stranger) => Promise<unknown>])[] = [
  ['holds the lock of NOTIFY', (stranger) => stranger.jamNotify()],
  ['fills the queue of NOTIFY', (stranger) => stranger.fillNotify()],
  ['uses up the connections', (stranger) => stranger.useUpConnections()],
  ['uses up the shared memory for locks', (stranger) => stranger.useUpLocks()],
];

describe.each(DONE)('while a stranger on the server %s', (_what, begin) => {
  test('access ends within a minute after its time (I14)', async () => {
    const { lease, undo } = await live();
    await begin(server.stranger);
    for (const second of TRIES) {
      await fixture.shiftClock(HOUR_MS + second * 1_000);
      await sweep(fixture.deps).catch(() => undefined);
      await revokeLease(fixture.deps, { lease, via: 'workflow', ...attempt, ...(undo && { undo }) }).catch(
        () => undefined,
      );
    }
    expect(fixture.levelOf()).toBe('none');
  });
});

describe.each(DONE.slice(0, 2))(
  'while a stranger on the server %s, everything is recorded',
  (_what, begin) => {
    test('the first pass of the sweeper revokes what is past its end, with its receipt', async () => {
      const { request, lease } = await live();
      await begin(server.stranger);
      await fixture.shiftClock(2 * HOUR_MS);
      expect(await sweep(fixture.deps)).toMatchObject({ revoked: [lease], failedRevocations: [] });
      expect(await fixture.kinds(request)).toMatch(/ revoke-started revoked closed$/);
    });

    test('a person ends their access, and a security person everything of them (I16)', async () => {
      const { request } = await live();
      const other = await openedWithoutWorkflow(fixture, { entitlement: 'other' });
      await begin(server.stranger);
      expect((await answered(fixture, request, { kind: 'end', by: 'ana' })).outcome.ok).toBe(true);
      await revoked(fixture, request);
      expect((await endedAll(fixture, ana)).outcome.ok).toBe(true);
      const states = [await fixture.state(request), await fixture.state(other)].map(({ kind }) => kind);
      expect([fixture.levelOf(), ...states]).toEqual(['none', 'closed', 'closed']);
    });
  },
);
