import { expect } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { Company } from './company.fixture.ts';

/** How late a revocation, or the repair of an access, may be while any part of Curfew is down, in milliseconds (I3). */
export const LATEST_MS = 60_000;

/** Expects the request to close by expiry, and its access to be revoked after its end and not too late, by the ledger's clock. */
export async function expiresOnTime(company: Company, request: RequestId): Promise<void> {
  expect(await company.reaches(request, 'closed')).toMatchObject({ ending: { kind: 'expired' } });
  const [[started], [revoked]] = [
    await company.events(request, 'grant-started'),
    await company.events(request, 'revoked'),
  ];
  const late = (revoked?.at ?? Number.NaN) - (started?.endsAt ?? Number.NaN);
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThan(LATEST_MS);
}
