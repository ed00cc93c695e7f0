import { expect } from '@jest/globals';
import type { LeaseId, RequestId } from '../../core/ids.ts';
import { openLedger } from '../../ledger/index.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import type { SealedUndo } from '../../requests/undo.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { firstLease, type RequestsFixture } from '../requests/requests.fixture.ts';
import { approvedWithoutWorkflow, attempt, granted } from '../requests/steps.fixture.ts';

export type Live = Readonly<{ request: RequestId; lease: LeaseId; undo: SealedUndo | undefined }>;
export const HOUR_MS = 3_600_000;

/** The seconds after the end of an access at which the sweeper and the workflow try to revoke it. */
const TRIES = [0, 20, 40];

export async function live(fixture: RequestsFixture): Promise<Live> {
  const request = await approvedWithoutWorkflow(fixture);
  const { undo } = await granted(fixture, request);
  expect(fixture.levelOf()).toBe('write');
  return { request, lease: firstLease(request), undo };
}

/**
 * Tries to revoke what is past its end, as the sweeper and the workflow do in the first minute. They have no connection yet, and
 * they are no superusers, for whom the server keeps some. The clock of their process has the time of the try.
 */
export async function triedForAMinute(fixture: RequestsFixture, { lease, undo }: Live): Promise<void> {
  const sweeper = openLedger(fixture.appUrl, { role: 'sweeper' });
  const provider = openLedger(fixture.appUrl, { role: 'provider' });
  for (const second of TRIES) {
    const clock: typeof fixture.deps.clock = () => (fixture.deps.clock() + second * 1_000) as never;
    await sweep({ ...fixture.deps, ledger: sweeper, clock }).catch(() => undefined);
    await revokeLease(
      { ...fixture.deps, ledger: provider, clock },
      { lease, via: 'workflow', ...attempt, ...(undo && { undo }) },
    ).catch(() => undefined);
  }
  await Promise.all([sweeper.close(), provider.close()]);
}
