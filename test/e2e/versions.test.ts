import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { type Company, startCompany } from './company.fixture.ts';
import type { Role } from './processes.fixture.ts';
import { approvedWith } from './slack-steps.fixture.ts';
import { hasTag, type Version, versionOf } from './version.fixture.ts';

/** The first version that keeps what a newer one recorded. Each later version must work together with it. */
const TAG = 'v0.1.0';
/** How late a revocation may be while a part of Curfew is replaced, in milliseconds (I3). */
const LATEST_MS = 60_000;
const ROLES = ['worker', 'sweeper', 'provider:github'] as const;

if (hasTag(TAG))
  describe(`this version and ${TAG}, on one ledger and one Temporal (F28)`, () => {
    let older: Version;
    let company: Company;
    let running: Role;
    beforeAll(async () => {
      older = versionOf(TAG);
      company = await startCompany();
      await company.up('gateway');
    }, 180_000);
    afterEach(() => running?.kill());
    afterAll(async () => {
      await company?.stop();
      older?.remove();
    }, 60_000);

    const thisVersion = () => company.up(...ROLES);
    const olderVersion = () => company.upFrom(older.folder, ...ROLES);

    /** Access that one version granted, and that another version must end. */
    async function liveUnder(version: () => Promise<Role>, reason: string): Promise<RequestId> {
      running = await version();
      const [request] = await approvedWith(company, [`oncall 1m ${reason}`], 25_000);
      if (!request) throw new Error('no request was made');
      await company.reaches(request, 'active');
      await running.kill();
      return request;
    }

    async function endedOnTime(request: RequestId): Promise<void> {
      expect(await company.reaches(request, 'closed')).toMatchObject({ ending: { kind: 'expired' } });
      const [[started], [revoked]] = [
        await company.events(request, 'grant-started'),
        await company.events(request, 'revoked'),
      ];
      const late = (revoked?.at ?? Number.NaN) - (started?.endsAt ?? Number.NaN);
      expect([late >= 0, late < LATEST_MS]).toEqual([true, true]);
      expect(company.team()).toEqual(['bo-lindqvist', 'cy-okafor']);
    }

    test('access that the older version granted ends on time under this one', async () => {
      const request = await liveUnder(olderVersion, 'granted by the older version');
      running = await thisVersion();
      await endedOnTime(request);
    }, 180_000);

    test('access that this version granted ends on time under the older one, as after a roll-back', async () => {
      const request = await liveUnder(thisVersion, 'granted by this version');
      running = await olderVersion();
      await endedOnTime(request);
    }, 180_000);
  });
else
  test.skip(`the version ${TAG} beside this one (this clone has no such tag; "git fetch --tags" gets it)`, () =>
    undefined);
