import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type LeaseId, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type Backup, backUp } from '../ledger/restore.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  attempt,
  extended,
  extensionStarted,
  granted,
  revoked,
} from '../requests/steps.fixture.ts';
import type { Examined } from './examined.fixture.ts';
import { publishAll } from './published.fixture.ts';

/**
 * A published log of the test file that imports this. A request with access at two targets was extended and is held. Another one is over. More
 * than a tile of refusals follow. After each test the database is what it was before.
 */
export let fixture: RequestsFixture;
/** The ledger as the sequencer has it, and the address of its database with the owner as the user. */
export let examined: Examined;
export let held: RequestId;
let over: RequestId;
let backup: Backup | undefined;

beforeAll(async () => {
  fixture = await startRequestsFixture();
  const ledger: Ledger = openLedger(fixture.appUrl, { role: 'sequencer' });
  examined = { ledger, url: fixture.url };
  over = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
  await granted(fixture, over);
  await answered(fixture, over, { kind: 'end', by: 'ana' });
  await revoked(fixture, over);
  held = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
  for (const position of [0, 1])
    await grantLease(fixture.deps, { lease: leaseIdOf(held, position), ...attempt });
  await extensionStarted(fixture, held);
  await answered(fixture, held, { kind: 'approve', by: 'cy' });
  for (const position of [0, 1]) await extended(fixture, held, leaseIdOf(held, position));
  for (const refusals of [0, 300, 50]) {
    await fill(refusals);
    await publishAll(fixture.ledger);
  }
  backup = await backUp(fixture.url);
});
afterEach(() => backup?.restore());
afterAll(async () => {
  await examined?.ledger.close();
  await fixture?.stop();
  await backup?.drop();
});

/** Adds attempts that were refused. */
export const fill = (count: number) =>
  rowsOf(
    fixture.url,
    `insert into event (request_id, seq, step, kind, body, via, at)
     select $1, 1000 + (select count(*) from event) + n, 'fill' || (select count(*) from event) + n, 'refused', '{"kind":"refused"}', 'cli', ledger_now()
       from generate_series(1, $2::integer) n`,
    [over, count],
  );

/** Changes the database as a superuser whom no trigger stops. */
export const alter = (...statements: readonly string[]): Promise<void> =>
  asAdmin(async (owner) => {
    await owner.query('set session_replication_role = replica');
    for (const statement of statements) await owner.query(statement);
  }, fixture.url);

/** The index and the id of the first approval in the log, which is in its first tile. */
export async function anApproval(): Promise<Readonly<{ index: number; id: string }>> {
  const [found] = await rowsOf<{ index: number; id: string }>(
    fixture.url,
    `select index, id from log_row join log_entry using (log_id) where type = 'event' and body ->> 'kind' = 'approved' order by index limit 1`,
  );
  if (!found) throw new Error('the log has no approval');
  return found;
}

/** Says of an event with this id that somebody else did it. */
export const changeOf = (id: string, by = 'eve'): string =>
  `update event set body = jsonb_set(body, '{by}', '"${by}"') where request_id || '/' || seq = '${id}'`;

/** Replaces one hash of the tree with another one. */
export const changeHash = (level: number, number: number, hash: Buffer = Buffer.alloc(32, 0xab)): string =>
  `update log_tile set hashes = overlay(hashes placing '\\x${hash.toString('hex')}'::bytea from ${(number % 256) * 32 + 1} for 32)
    where level = ${level} and n = ${Math.floor(number / 256)}`;

/** One of the two leases of the request that is held. */
export const theirLease = (): LeaseId => leaseIdOf(held, 1);
