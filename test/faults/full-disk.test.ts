import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { examineServer } from '../../app/doctor-server.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import {
  firstLease,
  levelsWritten,
  type RequestsFixture,
  startRequestsFixture,
} from '../requests/requests.fixture.ts';
import { attempt, openedWithoutWorkflow } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';
import { HOUR_MS, live, triedForAMinute } from './past-its-end.fixture.ts';
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from './small-disk.fixture.ts';
import { type SharedServer, startSharedServer, type Stranger } from './stranger.fixture.ts';

const refusal = whyNoSmallDisk();
if (refusal !== undefined) console.warn(`No test fills a disk, because none can be mounted here: ${refusal}`);

/** The log of the server's own changes takes a small part of the disk. */
const SETTINGS = { min_wal_size: '32MB', max_wal_size: '48MB' };

const NAMED =
  /^broken: The database stores nothing new: could not .*: No space left on device\. Nothing is granted\./;
/** A server that cannot write its own log goes down. Then it does not answer, which the doctor says elsewhere. */
const NAMED_OR_DOWN = new RegExp(`^$|${NAMED.source}`);

const FILLED: readonly (readonly [
  what: string,
  fill: (stranger: Stranger) => Promise<void>,
  said: RegExp,
])[] = [
  ['temporary files', (stranger) => stranger.fillWithTemporaryFiles(), NAMED],
  ['large objects', (stranger) => stranger.fillWithLargeObjects(), NAMED_OR_DOWN],
];

(refusal === undefined ? describe : describe.skip)('while a stranger fills the disk of the server', () => {
  let disk: SmallDisk;
  let server: SharedServer;
  let fixture: RequestsFixture;
  beforeEach(async () => {
    disk = mountSmallDisk();
    server = await startSharedServer(disk.home, SETTINGS);
    fixture = await startRequestsFixture();
  }, 60_000);
  afterEach(async () => {
    await fixture?.stop().catch(() => undefined);
    await server?.stop().catch(() => undefined);
    disk?.remove();
  });

  const doctor = async () =>
    (await examineServer(fixture.appUrl)).map(({ state, what }) => `${state}: ${what}`).join('\n');

  test.each(FILLED)(
    'with %s, access ends within a minute after its time, nothing is granted, and all is recorded when there is room again (F04, I14)',
    async (_what, fill, said) => {
      const access = await live(fixture);
      const pending = await openedWithoutWorkflow(fixture, { entitlement: 'other' });
      await fixture.shiftClock(HOUR_MS);
      await fill(server.stranger);
      expect(await doctor()).toMatch(said);
      await triedForAMinute(fixture, access);
      expect(fixture.levelOf()).toBe('none');
      await expect(
        grantLease(fixture.deps, { lease: firstLease(pending), ...attempt }),
      ).rejects.toBeDefined();

      disk.grow();
      await server.ensureRuns();
      await server.stranger.leave();
      await until('the sweeper recorded the end', async () => {
        await sweep(fixture.deps).catch(() => undefined);
        const kinds = await fixture.kinds(access.request).catch(() => '');
        return kinds.endsWith(' revoke-started revoked closed');
      });
      expect(levelsWritten(fixture, access.request)).toEqual(['write', 'none']);
      expect(levelsWritten(fixture, pending)).toEqual([]);
      expect(fixture.levelOf('other')).toBe('none');
    },
    120_000,
  );
});
