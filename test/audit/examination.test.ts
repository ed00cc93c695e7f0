import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { entryOf } from '../../audit/entry.ts';
import { leafHash } from '../../audit/tree/hash.ts';
import { rootOfFull, TILE_WIDTH } from '../../audit/tree/tiles.ts';
import { type LeaseId, leaseIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { judgeEndAll } from '../../requests/mass-ending/end-all.ts';
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
import { endQuarantineOf, examineAll, examineNext, examiner, quarantineNow } from './examined.fixture.ts';
import { keyOf, LOG_NAME, noteOf } from './log.fixture.ts';
import { publishAll } from './published.fixture.ts';

let fixture: RequestsFixture;
/** The ledger as the sequencer has it. */
let ledger: Ledger;
let backup: Backup;
let url: string;
let [held, over]: readonly RequestId[] = [];
let examined: { ledger: Ledger; url: string };

/** Two requests with access of two and one targets. One was extended and is held, the other is over. Then more than a tile of refusals. */
beforeAll(async () => {
  fixture = await startRequestsFixture();
  ({ url } = fixture);
  ledger = openLedger(fixture.appUrl, { role: 'sequencer' });
  examined = { ledger, url };
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
  await publishAll(fixture.ledger);
  await fill(300);
  await publishAll(fixture.ledger);
  await fill(50);
  await publishAll(fixture.ledger);
  backup = await backUp(url);
});
afterEach(() => backup.restore());
afterAll(async () => {
  await ledger?.close();
  await fixture?.stop();
  await backup?.drop();
});

/** Adds attempts that were refused. */
const fill = (count: number) =>
  rowsOf(
    url,
    `insert into event (request_id, seq, step, kind, body, via, at)
     select $1, 1000 + (select count(*) from event) + n, 'fill' || (select count(*) from event) + n, 'refused', '{"kind":"refused"}', 'cli', ledger_now()
       from generate_series(1, $2::integer) n`,
    [over, count],
  );

/** Changes the database as a superuser whom no trigger stops. */
const alter = (...statements: readonly string[]): Promise<void> =>
  asAdmin(async (owner) => {
    await owner.query('set session_replication_role = replica');
    for (const statement of statements) await owner.query(statement);
  }, url);

/** The index and the id of an entry. */
async function entryLike(where: string): Promise<Readonly<{ index: number; id: string }>> {
  const [found] = await rowsOf<{ index: number; id: string }>(
    url,
    `select index, id from log_row join log_entry using (log_id) where ${where} order by index limit 1`,
  );
  if (!found) throw new Error(`no entry is ${where}`);
  return found;
}

const APPROVED = `type = 'event' and body ->> 'kind' = 'approved'`;
const changeOf = (id: string, by = 'eve'): string =>
  `update event set body = jsonb_set(body, '{by}', '"${by}"') where request_id || '/' || seq = '${id}'`;
/** Replaces one hash of a tile with another one. */
const changeHash = (level: number, number: number, hash: Buffer = Buffer.alloc(32, 0xab)): string =>
  `update log_tile set hashes = overlay(hashes placing '\\x${hash.toString('hex')}'::bytea from ${(number % 256) * 32 + 1} for 32)
    where level = ${level} and n = ${Math.floor(number / 256)}`;

/** The hashes that the rows of the first tile give now. */
const hashesOfFirstTile = async (): Promise<readonly Buffer[]> =>
  (await fixture.ledger.rowsOfEntries(0, TILE_WIDTH)).flatMap((row) =>
    row ? [leafHash(entryOf(row).bytes)] : [],
  );

const theirLease = (): LeaseId => leaseIdOf(held as RequestId, 1);

describe('an examination of the whole log (I21, T24)', () => {
  test('finds nothing when nobody changed anything, also after extensions, with several targets and once more', async () => {
    expect(await rowsOf(url, 'select from access_period')).toHaveLength(3);
    expect(await examineAll(examined)).toBeUndefined();
    await publishAll(fixture.ledger);
    expect(await examineAll(examined)).toBeUndefined();
    expect(await ledger.lastExamination()).toMatchObject({ found: 0, days: 7 });
  });

  test('finds an old event that was changed in a full tile, and names it', async () => {
    const { index, id } = await entryLike(APPROVED);
    await alter(changeOf(id));
    expect(await examineAll(examined)).toContain(`entry ${index} of the log is not the row "${id}" any more`);
  });

  test('finds an event that was deleted', async () => {
    const { index, id } = await entryLike(APPROVED);
    await alter(`delete from event where request_id || '/' || seq = '${id}'`);
    expect(await examineAll(examined)).toContain(`entry ${index} of the log is not in its table any more`);
  });

  test('finds an entry that is another row, or none', async () => {
    await alter(
      'update log_entry set log_id = -log_id where index = 3',
      'delete from log_entry where index = 4',
    );
    const reason = await examineAll(examined);
    expect(reason).toContain('entry 3 of the log is not in its table any more');
    expect(reason).toContain('entry 4 of the log is not in its table any more');
  });

  test.each<[string, boolean]>([
    ['its hash', false],
    ['the hashes of all levels', true],
  ])('finds an event that was changed together with %s', async (_what, isWhole) => {
    const { index, id } = await entryLike(APPROVED);
    await alter(changeOf(id));
    const hashes = await hashesOfFirstTile();
    await alter(changeHash(0, index, hashes[index]));
    if (isWhole) await alter(changeHash(1, 0, rootOfFull(hashes)));
    const reason = await examineAll(examined);
    const [, first = '', last = ''] =
      /one of the entries (\d+) to (\d+) of the log is not the one/.exec(reason ?? '') ?? [];
    expect([Number(first) <= index, Number(last) >= index, Number(last) < 20]).toEqual([true, true, true]);
    expect(reason).not.toContain('any more');
    await endQuarantineOf(examined);
    expect(await examineAll(examined)).toBeUndefined();
  });

  test.each<[string, () => string, string]>([
    ['an entry', () => changeHash(0, 3), 'the hash of entry 3 of the log'],
    ['an entry that is not in a full tile', () => changeHash(0, 320), 'the hash of entry 320 of the log'],
    ['the level above', () => changeHash(1, 0), 'hash 0 of level 1 of the tree is not that of its entries'],
    [
      'a tile that is gone',
      () => 'delete from log_tile where level = 0 and n = 0',
      'the hash of entry 0 of the log',
    ],
  ])('finds a changed hash of %s alone', async (_what, change, expected) => {
    await alter(change());
    const reason = await examineAll(examined);
    expect(reason).toContain(expected);
    expect(reason).not.toContain('any more');
  });

  test.each<[string, (lease: string) => string, string]>([
    [
      'an end',
      (lease) => `update access_period set ended_at = granted_at where lease_id = '${lease}'`,
      'ended_at',
    ],
    [
      'a planned end',
      (lease) => `update access_period set ends_at = ends_at - interval '1 h' where lease_id = '${lease}'`,
      'ends_at',
    ],
    ['a person', (lease) => `update access_period set person = 'bo' where lease_id = '${lease}'`, 'person'],
    [
      'a target',
      (lease) => `update access_period set target_key = 'x' where lease_id = '${lease}'`,
      'target_key',
    ],
    [
      'an account',
      (lease) => `update access_period set account_id = 'x' where lease_id = '${lease}'`,
      'account_id',
    ],
    ['a level', (lease) => `update access_period set level = 'x' where lease_id = '${lease}'`, 'level'],
    [
      'another request',
      (lease) => `update access_period set request_id = 'x' where lease_id = '${lease}'`,
      'request_id',
    ],
    [
      'a row that is gone',
      (lease) => `delete from access_period where lease_id = '${lease}'`,
      'is missing in the answers',
    ],
    [
      'a row and its lease that are gone',
      (lease) =>
        `with gone as (delete from lease where id = '${lease}') delete from access_period where lease_id = '${lease}'`,
      'is missing in the answers',
    ],
  ])('finds %s in the answers about access', async (_what, change, expected) => {
    const lease = theirLease();
    await alter(change(lease));
    const reason = await examineAll(examined);
    expect(reason).toContain(`the access of ${lease} is `);
    expect(reason).toContain(expected);
  });

  test.each(['lease_00000000000000000000000000_0', 'lease_zzzzzzzzzzzzzzzzzzzzzzzzzz_0', 'forged'])(
    'finds access of %s that no event granted',
    async (lease) => {
      await alter(
        `insert into access_period (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level,
                                    granted_at, granted_seq, changed_at)
         values ('${lease}', 'req_1', 'bo', 'thing', 'fake', 'x', 'x', 'x', 'x', 'read', now(), 1, now())`,
      );
      expect(await examineAll(examined)).toContain(
        `the access of ${lease} is in the answers, and no event says`,
      );
    },
  );

  test('says of several differences at once, and how many more there are', async () => {
    await alter(`update event set body = body || '{"x":1}' where seq > 1000 and seq < 1100`);
    expect(await examineAll(examined)).toMatch(/(entry \d+ of the log is not the row .*){5}; and \d+ more$/);
  });
});

describe('a difference', () => {
  test('begins one quarantine, and the next passes begin none', async () => {
    const { id } = await entryLike(APPROVED);
    await alter(changeOf(id));
    await examineAll(examined);
    await endQuarantineOf(examined);
    expect(await examineAll(examined)).toBeUndefined();
    expect(await examineAll(examined)).toBeUndefined();
    expect((await ledger.lastExamination()).found).toBeGreaterThan(0);
    expect(await rowsOf(url, 'select from quarantine')).toHaveLength(1);
  });

  test('that is changed again begins another one', async () => {
    const { id } = await entryLike(APPROVED);
    await alter(changeOf(id));
    await examineAll(examined);
    await endQuarantineOf(examined);
    await alter(changeOf(id, 'mallory'));
    expect(await examineAll(examined)).toContain(id);
  });

  test('is no quarantine while another one is open, and one after it', async () => {
    const { id } = await entryLike(APPROVED);
    await alter(changeOf(id));
    await ledger.quarantineForLog('another reason');
    await examineNext(examined);
    await endQuarantineOf(examined);
    expect(await examineAll(examined)).toContain(id);
  });

  test('stops grants and the endings of many, and no end and no mass ending of one person (I1, I25)', async () => {
    const waiting = await approvedWithoutWorkflow(fixture, { entitlement: 'thing' });
    const { id } = await entryLike(APPROVED);
    await alter(changeOf(id));
    await examineAll(examined);
    await expect(granted(fixture, waiting)).rejects.toMatchObject({ code: 'quarantine' });
    const { deps } = fixture;
    const by = 'dee' as PersonId;
    const everything = { by, scope: { kind: 'everything' }, reason: 'x' } as const;
    expect(await judgeEndAll(deps, everything)).toMatchObject({
      ok: false,
      error: { code: 'may-not-end-all' },
    });
    const ofAna = { by, scope: { kind: 'person', person: 'ana' as PersonId }, reason: 'x' } as const;
    expect(await judgeEndAll(deps, ofAna)).toMatchObject({ ok: true });
    await answered(fixture, held as RequestId, { kind: 'end', by: 'ana' });
    await revoked(fixture, held as RequestId);
    expect(await fixture.kinds(held as RequestId)).toContain('revoke-started revoked');
    expect(await quarantineNow(examined)).toBeDefined();
  });
});

describe('the pace', () => {
  const state = async () =>
    (
      await rowsOf<{ next: number; waits: number; due: boolean }>(
        url,
        `select next, round(extract(epoch from due_at - ledger_now()))::integer as waits, due_at <= ledger_now() as due from log_examination`,
      )
    )[0];

  test('no step is done before it is due', async () => {
    await examineNext(examined);
    const { endedAt } = await ledger.lastExamination();
    expect(endedAt).toBeDefined();
    await examiner(examined)();
    expect((await ledger.lastExamination()).endedAt).toBe(endedAt);
  });

  test('a small log is examined every hour', async () => {
    await examineNext(examined);
    expect((await state())?.waits).toBeGreaterThan(3_590);
    expect((await state())?.waits).toBeLessThanOrEqual(3_600);
  });

  test('a large log is examined in steps that take the days together, and a restart goes on', async () => {
    await fill(3_000);
    for (let at = 0; at < 4; at += 1) {
      await fill(1_000);
      await publishAll(fixture.ledger);
    }
    const { published } = await ledger.logProgress();
    const first = examiner(examined, 1);
    await examineNext(examined, first);
    const { next: after = 0, waits = 0 } = (await state()) ?? {};
    expect(after).toBeGreaterThan(1_000);
    expect(after).toBeLessThan(published);
    expect(waits).toBeLessThanOrEqual(3_600);
    await examineNext(examined);
    expect((await state())?.next).toBeGreaterThan(after);
    expect(await examineAll(examined)).toBeUndefined();
    expect(await state()).toMatchObject({ next: 0 });
  });

  test('what fails is tried again in a minute', async () => {
    const readLogPart: Ledger['readLogPart'] = () => Promise.reject(new Error('the connection was lost'));
    const failing = examiner({ ledger: { ...ledger, readLogPart } });
    await expect(examineNext(examined, failing)).rejects.toThrow('the connection was lost');
    expect((await state())?.waits).toBeGreaterThan(50);
    expect((await state())?.waits).toBeLessThanOrEqual(60);
    expect(await examineAll(examined)).toBeUndefined();
  });

  test('two processes do each step once', async () => {
    await rowsOf(url, 'update log_examination set due_at = ledger_now()');
    const parts: number[] = [];
    const counting = (): Promise<void> =>
      examiner({
        ledger: { ...ledger, readLogPart: (part) => (parts.push(part.from), ledger.readLogPart(part)) },
      })();
    await Promise.all([counting(), counting()]);
    expect(parts).toEqual([0]);
  });
});

describe('a checkpoint that no known key signed', () => {
  test('counts for nothing when a later one is signed', async () => {
    await alter(
      `update log_checkpoint set note = 'nobody signed this' where size = (select min(size) from log_checkpoint)`,
    );
    expect(await examineAll(examined)).toBeUndefined();
  });

  test('is an error when it is the newest one', async () => {
    const { published } = await ledger.logProgress();
    const note = noteOf({ origin: LOG_NAME, size: published, root: Buffer.alloc(32) }, keyOf('another'));
    await rowsOf(url, 'alter table log_checkpoint disable trigger append_only');
    await rowsOf(url, 'update log_checkpoint set note = $1 where size = $2', [note, published]);
    await expect(examineNext(examined)).rejects.toThrow('no known key signed the newest checkpoint');
  });

  test('of another log begins the examination again', async () => {
    await alter(
      `update log_examination set log = 'another', size = 10, next = 5, lease_after = 'x', differences = 3`,
    );
    expect(await examineAll(examined)).toBeUndefined();
    expect((await ledger.lastExamination()).found).toBe(0);
  });
});
