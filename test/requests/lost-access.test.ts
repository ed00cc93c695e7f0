import { expect, test } from '@jest/globals';
import type { Instant, LeaseId, RequestId } from '../../core/ids.ts';
import type { PlanLine } from '../../ledger/index.ts';
import { readLostAccess } from '../../requests/lost-access.ts';

const request = `req_${'0'.repeat(26)}` as RequestId;
const unused = () => Promise.reject(new Error('no entry is whole'));

test('200,000 rows of one lost request are one access, with the latest end of all (F31, T24)', async () => {
  const lines = Array.from({ length: 200_000 }, (_each, row): PlanLine => ({
    ...{ lease: `lease_forged_${row}` as LeaseId, request, kind: 'unknown', entry: null, signed: 'x' },
    ...{ accessKey: 'x', endsAt: (row % 1_000) as Instant },
  }));
  const lost = await readLostAccess({
    ledger: { lostLeasesLeft: () => Promise.resolve(lines) },
    policy: { lastKnownPersonOf: unused, ownerOf: unused, givenBy: unused },
  });
  expect(lost).toMatchObject([{ request, endsAt: 999, isOfNobody: false }]);
});
