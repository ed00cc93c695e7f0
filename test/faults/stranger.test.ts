import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { examineServer } from '../../app/doctor-server.ts';
import { openHints } from '../../ledger/index.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { ana, endedAll } from '../requests/mass-ending.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { answered, openedWithoutWorkflow, revoked } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';
import { HOUR_MS, live, triedForAMinute } from './past-its-end.fixture.ts';
import { type SharedServer, startSharedServer, type Stranger } from './stranger.fixture.ts';

let server: SharedServer;
let fixture: RequestsFixture;
beforeAll(async () => void (server = await startSharedServer()));
beforeEach(async () => void (fixture = await startRequestsFixture()));
afterEach(async () => {
  await server?.stranger.leave();
  await fixture?.stop();
});
afterAll(() => server?.stop());

/** What the doctor says about the server, as an administrator at the command line sees it. */
const doctor = async () =>
  (await examineServer(fixture.appUrl)).map(({ state, what }) => `${state}: ${what}`).join('\n');

/** What a login without any right on the ledger can do to its server, besides filling its disk (`full-disk.test.ts`). */
const DONE: readonly (readonly [what: string, begin: (stranger: Stranger) => Promise<unknown>])[] = [
  ['holds the lock of NOTIFY', (stranger) => stranger.jamNotify()],
  ['fills the queue of NOTIFY', (stranger) => stranger.fillNotify()],
  ['uses up the connections', (stranger) => stranger.useUpConnections()],
  ['uses up the shared memory for locks', (stranger) => stranger.useUpLocks()],
];

describe.each(DONE)('while a stranger on the server %s', (_what, begin) => {
  test('access ends within a minute after its time (F04, I14)', async () => {
    const access = await live(fixture);
    await fixture.shiftClock(HOUR_MS);
    await begin(server.stranger);
    await triedForAMinute(fixture, access);
    expect(fixture.levelOf()).toBe('none');
  });
});

describe.each(DONE.slice(0, 2))(
  'while a stranger on the server %s, everything is recorded',
  (_what, begin) => {
    test('the first pass of the sweeper revokes what is past its end, with its receipt', async () => {
      const { request, lease } = await live(fixture);
      await begin(server.stranger);
      await fixture.shiftClock(2 * HOUR_MS);
      expect(await sweep(fixture.deps)).toMatchObject({ revoked: [lease], failedRevocations: [] });
      expect(await fixture.kinds(request)).toMatch(/ revoke-started revoked closed$/);
    });

    test('a person ends their access, and a security person everything of them (I16)', async () => {
      const { request } = await live(fixture);
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

test.each(['pg_database', 'pg_authid', 'pg_db_role_setting', 'pg_shdepend'])(
  'a stranger cannot keep sessions from reading %s, which all databases share',
  async (table) => {
    const session = await server.stranger.session();
    await expect(session.query(`begin; lock table ${table} in access exclusive mode nowait`)).rejects.toThrow(
      /permission denied/,
    );
  },
);

test('hints are heard again after a stranger who filled the queue of NOTIFY has gone', async () => {
  const { stranger } = server;
  const hints = openHints(fixture.url);
  const listener = new pg.Client({ connectionString: fixture.url });
  await listener.connect();
  let heard = 0;
  listener.on('notification', () => (heard += 1));
  await listener.query('listen curfew_click');
  const filler = await stranger.fillNotify();
  await filler.end();
  await until('a hint is heard', () => {
    hints.send('curfew_click');
    return heard > 0;
  });
  await hints.close();
  await listener.end();
});

describe('curfew doctor', () => {
  test('says nothing about a server that nobody uses up', async () => {
    expect(await doctor()).toBe('');
  });

  test.each<[what: string, begin: (stranger: Stranger) => Promise<unknown>, said: RegExp]>([
    [
      'the lock of NOTIFY, and who holds it',
      (stranger) => stranger.jamNotify(),
      /^warning: NOTIFY fails on the server: .*lock timeout\. The login stranger holds its lock\./,
    ],
    [
      'a full queue of NOTIFY',
      (stranger) => stranger.fillNotify(),
      /^warning: NOTIFY fails on the server: too many notifications in the NOTIFY queue\. /,
    ],
    [
      'who uses most connections, before the last one is used',
      (stranger) => stranger.useUpConnections(5),
      /^warning: \d+ of 57 connections of the server are used, most of them by stranger \d+, /,
    ],
    [
      'that all connections are used, when it gets none',
      (stranger) => stranger.useUpConnections(),
      /^broken: All connections of the server are used\. Nothing is recorded, and nothing is granted\. .*connection limit/,
    ],
    [
      'that no lock is left, when it gets no session',
      (stranger) => stranger.useUpLocks(),
      /^broken: The server has no memory left, for one more lock or for a session\. Nothing is recorded, and nothing is granted\. /,
    ],
    [
      'a database that stores nothing new',
      () => readOnly(),
      /^broken: The database stores nothing new: cannot execute INSERT in a read-only transaction\. Nothing is granted\./,
    ],
  ])('names %s', async (_what, begin, said) => {
    await begin(server.stranger);
    expect(await doctor()).toMatch(said);
  });

  test('names the statement that keeps large objects from every role, where a migration could not run it', async () => {
    await asAdmin(async (owner) => {
      await owner.query('grant execute on function pg_catalog.lo_create(oid) to public');
    }, fixture.url);
    expect(await doctor()).toMatch(/^warning: Each role of Curfew can fill the disk with large objects\. /);
  });

  const readOnly = () =>
    asAdmin(async (admin) => {
      const name = new URL(fixture.url).pathname.slice(1);
      await admin.query(`alter database ${name} set default_transaction_read_only = on`);
    });
});
