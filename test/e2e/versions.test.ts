import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { type Company, startCompany } from './company.fixture.ts';
import { expiresOnTime } from './on-time.fixture.ts';
import type { Role } from './processes.fixture.ts';
import { approvedWith } from './slack-steps.fixture.ts';
import { hasTag, type Version, versionOf } from './version.fixture.ts';

/** The first version that keeps what a newer one recorded. Each later version must work together with it. */
const TAG = 'v0.1.0';
const ROLES = ['worker', 'sweeper', 'provider:github'] as const;

if (hasTag(TAG))
  describe(`this version and ${TAG}, on one ledger and one Temporal (F28)`, () => {
    let older: Version;
    let company: Company;
    let running: Readonly<{ version: () => Promise<Role>; role: Role }> | undefined;
    beforeAll(async () => {
      older = versionOf(TAG);
      company = await startCompany();
      await company.up('gateway');
    }, 180_000);
    afterAll(async () => {
      await company?.stop();
      older?.remove();
    }, 60_000);

    const thisVersion = () => company.up(...ROLES);
    const olderVersion = () => company.upFrom(older.folder, ...ROLES);

    /** Lets only this version run. */
    async function change(version: () => Promise<Role>): Promise<void> {
      if (running?.version === version) return;
      await running?.role.kill();
      running = { version, role: await version() };
    }

    /** Access that one version granted, and that another version must end. */
    async function liveUnder(version: () => Promise<Role>, reason: string): Promise<RequestId> {
      await change(version);
      const [request] = await approvedWith(company, [`oncall 1m ${reason}`], 25_000);
      if (!request) throw new Error('no request was made');
      await company.reaches(request, 'active');
      return request;
    }

    async function endsUnder(version: () => Promise<Role>, request: RequestId): Promise<void> {
      await change(version);
      await expiresOnTime(company, request);
      expect(company.team()).toEqual(['bo-lindqvist', 'cy-okafor']);
    }

    test('access that the older version granted ends on time under this one', async () => {
      const request = await liveUnder(olderVersion, 'granted by the older version');
      await endsUnder(thisVersion, request);
    }, 180_000);

    test('access that this version granted ends on time under the older one, as after a roll-back', async () => {
      const request = await liveUnder(thisVersion, 'granted by this version');
      await endsUnder(olderVersion, request);
    }, 180_000);
  });
else
  test.skip(`the version ${TAG} beside this one (this clone has no such tag; "git fetch --tags" gets it)`, () =>
    undefined);
