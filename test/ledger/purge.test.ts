import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entryOf } from '../../audit/entry.ts';
import { exportLog } from '../../audit/export.ts';
import { exportedEntries } from '../../audit/exported-entries.ts';
import { filePlace } from '../../audit/places/file-place.ts';
import { folderStore } from '../../audit/places/folder.ts';
import { leafHash } from '../../audit/tree/hash.ts';
import { signedUpdate } from '../../audit/update.ts';
import { verifyBundle } from '../../audit/verify/verify.mjs';
import type { Instant, RequestId } from '../../core/ids.ts';
import { beginLog } from '../../ledger/log/begin-log.ts';
import { type Purge, purge } from '../../ledger/purge/purge.ts';
import { ana } from '../core/request/request.fixture.ts';
import { LOG_KEYS, publishAll } from '../audit/published.fixture.ts';
import { examineAll } from '../audit/examined.fixture.ts';
import { until } from '../until.fixture.ts';
import { asAdmin, shiftClock } from './database.fixture.ts';
import { grantedIn, openedIn, opening, requestMadeAt, revokedIn, stepOf } from './ledger.fixture.ts';
import { sequenceAll } from './log/log.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

const never = new AbortController().signal;
const DAY_MS = 86_400_000;
const keys = LOG_KEYS.trusted.map(({ text }) => text);
let folder: string;
let closed: RequestId;
let before: Instant;
let bound: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-purge-'));
  const [first] = await rows<{ before: Date; bound: string }>(
    'select before_at as before, request_ids_from(before_at) as bound from event_partition order by before_at limit 1',
  );
  before = (first?.before.getTime() ?? 0) as Instant;
  bound = first?.bound ?? '';
  closed = await grantedIn(ledger, opening(earlyRequest(1)));
  await revokedIn(ledger, closed);
  await shiftClock(database.url, before - Date.now() + 40 * 86_400_000);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Exports everything that is published, into a folder of this name. */
async function exported(name: string): Promise<string> {
  await publishAll(ledger);
  const bundle = join(folder, name);
  const { trusted } = LOG_KEYS;
  await exportLog(ledger, bundle, {
    ...{ name: (await ledger.logProgress()).name ?? '', trusted, witnesses: [], places: new Map() },
    exportedAt: new Date(0),
  });
  return bundle;
}

/** Purges what an export has. */
async function purged(bundle: string, more: Partial<Purge> = {}) {
  const { provenSize } = verifyBundle(bundle, { keys });
  const entries = exportedEntries(bundle);
  const hashOf: Purge['hashOf'] = (row) => leafHash(entryOf(row).bytes);
  const wanted = { before, by: 'root', exportSize: provenSize, without: [], hashOf, isExported: entries.has };
  return purge(database.url, { ...wanted, ...more }).finally(() => entries.close());
}

/** The id of a request that is made in the first quarter, also when that is over. */
const earlyRequest = (number: number): RequestId => requestMadeAt(before - DAY_MS, `${number}`);

/** The id of a request that is made after the first quarter. */
const laterRequest = (number: number): RequestId =>
  `${bound}${String(number).padStart(16, '0')}` as RequestId;

/** Fills the log with attempts about a request of a later quarter that were refused. */
const fill = (request: RequestId, count: number) =>
  rows(
    `insert into event (request_id, seq, step, kind, body, via, at)
     select $1, n, 's' || n, 'refused', '{"kind":"refused"}', 'cli', ledger_now() from generate_series(0, $2::integer - 1) n`,
    [request, count],
  );

/** The published copy of the log in a new place. */
async function placeOf(name: string): Promise<string> {
  const place = join(folder, name);
  mkdirSync(place);
  const { size } = await ledger.logProgress();
  const published = await filePlace(folderStore(place)).publish(
    await signedUpdate(ledger, LOG_KEYS, size),
    never,
  );
  expect(published.kind).toBe('published');
  return place;
}

describe('old requests stay until all of this is true', () => {
  test('their quarter is over', async () => {
    expect(await purged(await exported('early'), { before: (before - 1) as Instant })).toEqual({
      ok: false,
      error: { kind: 'no-partition', oldest: before },
    });
    await shiftClock(database.url, before - Date.now() - DAY_MS);
    expect(await purged(join(folder, 'early'))).toMatchObject({ error: { kind: 'no-partition' } });
    await shiftClock(database.url, before - Date.now() + 40 * 86_400_000);
  });

  test('nothing is left to do about any of them', async () => {
    const open = await openedIn(ledger, opening(earlyRequest(2)));
    expect(await purged(await exported('unfinished'))).toEqual({
      ok: false,
      error: { kind: 'unfinished', requests: expect.arrayContaining([open]) },
    });
    await ledger.record(stepOf(open, 'withdraw', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at })));
    for (const statement of [
      'update outbox set sent_at = ledger_now()',
      'update access_check set next_at = null',
      'update use_plan set next_at = null',
      'delete from wake_up',
    ])
      await rows(statement);
    expect(await purged(join(folder, 'unfinished'))).toMatchObject({
      error: { kind: 'unfinished', requests: [open] },
    });
    await shiftClock(database.url, before - Date.now() + 80 * 86_400_000);
  });

  test.each([
    [
      'no access of them is in doubt',
      `update provider_lock set verify_at = ledger_now()`,
      `update provider_lock set verify_at = null`,
      'unfinished',
    ],
    [
      'the ledger is not in quarantine',
      `insert into quarantine (reason, ledger_serial, manifest_serial) values ('x', 0, 1)`,
      `update quarantine set ended_at = ledger_now(), ended_by = 'x', plan_digest = 'x'`,
      'quarantine',
    ],
  ])('%s', async (_what, begin, over, kind) => {
    await rows(
      `insert into provider_lock (key, fence, owner, ends_at) select lock_key, 1, gen_random_uuid(), ledger_now() from lease on conflict do nothing`,
    );
    await rows(begin);
    expect(await purged(join(folder, 'unfinished'))).toMatchObject({ error: { kind } });
    await rows(over);
  });

  test('the log has every event of them', async () => {
    const bundle = await exported('logged');
    await rows(
      `insert into event (request_id, seq, step, kind, body, via, at) 
       select $1, max(seq) + 1, 'x', 'refused', '{"kind":"refused"}', 'cli', ledger_now() from event where request_id = $1`,
      [closed],
    );
    expect(await purged(bundle)).toMatchObject({ error: { kind: 'not-logged', events: 1 } });
  });

  test('a published checkpoint and the export cover the whole tile of their last entry', async () => {
    const bundle = await exported('short');
    const { size } = await ledger.logProgress();
    expect(await purged(bundle)).toMatchObject({
      error: { kind: 'not-published', needed: 256, published: size },
    });
    await fill(laterRequest(1), 256);
    await publishAll(ledger);
    expect(await purged(bundle)).toMatchObject({ error: { kind: 'not-published', needed: 256 } });
  });

  test('every place and every stream has them, or may be without them', async () => {
    const bundle = await exported('behind');
    await ledger.recordPublished({ place: 'old bucket', kind: 'bucket', size: 3, cosignatures: [] });
    await ledger.claimStream({ sink: 'siem', log: LOG_KEYS.name, by: 'a', forMs: 1 });
    expect(await purged(bundle)).toEqual({
      ok: false,
      error: { kind: 'behind', names: ['old bucket', 'siem'] },
    });
    expect(await purged(bundle, { without: ['siem'] })).toMatchObject({ error: { names: ['old bucket'] } });
  });

  test('the export has each of them', async () => {
    const without = ['old bucket', 'siem'];
    const bundle = await exported('wrong');
    const file = join(bundle, 'entries.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, [lines[0], '{"at":"other"}', ...lines.slice(2)].join('\n'));
    expect(await purged(bundle, { without, exportSize: 256 })).toEqual({
      ok: false,
      error: { kind: 'not-exported', index: 1 },
    });
    await writeFile(file, `${lines[0]}\n`);
    expect(await purged(bundle, { without, exportSize: 256 })).toEqual({
      ok: false,
      error: { kind: 'not-exported', index: 1 },
    });
  });

  test('the ledger has them as the log has them', async () => {
    const bundle = await exported('altered');
    const change = (text: string) =>
      rows(`update event set via = '${text}' where request_id = $1 and seq = 0`, [closed]);
    await rows('alter table event disable trigger append_only');
    await change('cli');
    expect(await purged(bundle, { without: ['old bucket', 'siem'] })).toEqual({
      ok: false,
      error: { kind: 'altered', index: 0 },
    });
    await change('workflow');
    await rows('alter table event enable trigger append_only');
  });

  test('nothing is recorded in them meanwhile: neither during the comparison nor during the deletions', async () => {
    const bundle = await exported('meanwhile');
    const late = (step: string) =>
      rows(
        `insert into event (request_id, seq, step, kind, body, via, at)
         select $1, max(seq) + 1, $2, 'refused', '{"kind":"refused"}', 'cli', ledger_now() from event where request_id = $1`,
        [closed, step],
      );
    const without = ['old bucket', 'siem'];
    let isFirst = true;
    const hashOf: Purge['hashOf'] = (row) => leafHash(entryOf(row).bytes);
    const isExported = async (): Promise<boolean> => {
      if (isFirst) {
        await late('a click during the comparison');
        await publishAll(ledger);
      }
      isFirst = false;
      return true;
    };
    expect(await purged(bundle, { without, hashOf, isExported })).toEqual({
      ok: false,
      error: { kind: 'changed' },
    });
    await fill(laterRequest(4), 256);
    await asAdmin(async (other) => {
      await other.query('begin');
      await other.query(`select from request where id = $1 for update`, [closed]);
      const purging = purged(await exported('meanwhile-2'), { without });
      await until(
        'the purge waits for a row',
        async () =>
          (
            await rows(
              `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            )
          ).length > 0,
      );
      await late('a click during the deletions');
      await other.query('commit');
      expect(await purging).toEqual({ ok: false, error: { kind: 'changed' } });
    }, database.url);
    expect(await rows('select from purge')).toEqual([]);
    await fill(laterRequest(5), 256);
    expect(verifyBundle(await exported('meanwhile-3'), { keys })).toMatchObject({ ok: true });
  });

  test('the trail is free for a moment', async () => {
    const bundle = await exported('busy');
    await asAdmin(async (reader) => {
      await reader.query('begin; select count(*) from event');
      expect(await purged(bundle, { without: ['old bucket', 'siem'] })).toEqual({
        ok: false,
        error: { kind: 'busy' },
      });
      await reader.query('commit');
    }, database.url);
  });

  test('no judgement is being recorded, and the purge ends as busy without a wait for its rows', async () => {
    const bundle = join(folder, 'busy');
    await asAdmin(async (worker) => {
      await worker.query('begin; lock table event in row exclusive mode; select from policy_use for update');
      expect(await purged(bundle, { without: ['old bucket', 'siem'] })).toEqual({
        ok: false,
        error: { kind: 'busy' },
      });
      await worker.query('commit');
    }, database.url);
  });

  test('an end that an earlier quarantine moved does not keep them', async () => {
    const kindOf = async (kind: string) => {
      await rows(
        `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
         select id, 'lease_x_0', $2, '{"serial":1}', '', $1, 'x', ledger_now() from quarantine limit 1`,
        [closed, kind],
      );
      const result = await purged(join(folder, 'short'));
      await rows('delete from quarantine_lease');
      return result.ok ? 'ok' : result.error.kind;
    };
    expect([await kindOf('unknown'), await kindOf('later-end')]).toEqual(['unfinished', 'not-published']);
  });

  test('nobody deletes their rows by hand', async () => {
    await expect(rows('delete from event')).rejects.toThrow('append-only');
    await expect(rows('truncate event_later')).rejects.toThrow('append-only');
    await rows(
      `insert into click (id, kind, request_id, via, account, body, done_at) values ('c1', 'request', $1, 'slack', 'U1', '{}', now())`,
      [closed],
    );
    await rows(`insert into account_check (click_id, facts) values ('c1', '{}')`);
    await expect(rows('delete from account_check')).rejects.toThrow('append-only');
  });
});

describe('after the purge', () => {
  const later = () => laterRequest(2);
  let entries: number;
  /** Of everything until a day before the purge. */
  const numbers = async () => {
    const to = ((await ledger.now()) - 25 * 3_600_000) as Instant;
    return ledger.readNumbers({ from: (to - 300 * 86_400_000) as Instant, to, zone: 'UTC', by: 'week' });
  };
  beforeAll(async () => {
    await ledger.open(opening(later()));
    await rows(
      `insert into approval_list (request_id, seq, at, person, requester, entitlement) values ($1, 9, ledger_now(), 'bo', 'ana', 'orders-db')`,
      [later()],
    );
    await rows(
      'update approval_pair set was_approved = was_approved + 1, last_at = (select max(at) from approval_list)',
    );
    while (await ledger.keepNumbers());
    expect((await numbers()).entitlements).toEqual([{ label: expect.any(String), requests: 2 }]);
    const result = await purged(await exported('kept'), { without: ['old bucket', 'siem'] });
    expect(result).toMatchObject({ ok: true, value: { before, requests: 2 } });
    entries = result.ok ? result.value.entries : 0;
  });

  test('the examination of the log takes the hashes of what left, and finds no difference', async () => {
    expect(await examineAll({ ledger, url: database.url })).toBeUndefined();
  });

  test('no table has anything of these requests', async () => {
    const columns = await rows<{ table: string; column: string }>(
      `select table_name as "table", column_name as "column" from information_schema.columns
        where table_schema = 'public' and column_name in ('request_id', 'lease_id', 'click_id')
          and table_name not in ('event', 'event_later') and table_name not like 'event_before%'`,
    );
    expect(columns.length).toBeGreaterThan(15);
    const old = `${closed.slice(4)}%`;
    for (const { table, column } of [
      ...columns,
      { table: 'request', column: 'id' },
      { table: 'request_list', column: 'id' },
      { table: 'event', column: 'request_id' },
    ])
      expect([
        table,
        await rows(`select from ${table} where ${column} like '%' || $1 and ${column} <> 'x'`, [old]),
      ]).toEqual([table, []]);
    expect(await rows('select from holding where closed_at is not null')).toEqual([]);
    expect(await rows(`select from click`)).toEqual([]);
  });

  test('what was added up over all requests is added up over those that stay', async () => {
    expect(await rows('select distinct id from audit.policy_gain')).toEqual([{ id: later() }]);
    expect(
      await rows(
        'select person, other, approved, was_approved, first_at = last_at as is_one from approval_pair',
      ),
    ).toEqual([{ person: 'ana', other: 'bo', approved: 0, was_approved: 1, is_one: true }]);
    expect(
      await rows('select policy, sum(judged)::integer as judged from policy_use group by policy'),
    ).toEqual(
      await rows(
        'select policy, count(*)::integer as judged from judgement where policy is not null group by policy',
      ),
    );
  });

  test('the days and months that were counted are counted again', async () => {
    const { decisions, grants, entitlements } = await numbers();
    expect({ decisions, grants, entitlements }).toEqual({
      ...{ decisions: [{ requests: 0, median: null, ninetieth: null }], grants: [], entitlements: [] },
    });
  });

  test('later requests are as before', async () => {
    expect((await ledger.readTrail(later())).map(({ event }) => event.kind)).toEqual(['requested', 'judged']);
    expect(await ledger.readFreeText(later())).toEqual({ reason: 'incident 4312' });
  });

  test('the log verifies with the hashes of what left, and says who removed it', async () => {
    const report = verifyBundle(await exported('after'), {
      keys,
      kept: [join(folder, 'kept', 'checkpoints', 'ledger.jsonl')],
    });
    expect(report).toMatchObject({ verdict: 'unproven', problems: [] });
    expect(report.checked.join('\n')).toContain(`${entries} entries by their hashes, which the purge`);
    expect(report.missing).toEqual([expect.stringContaining(`Only the hashes of ${entries} purged entries`)]);
    const { size } = await ledger.logProgress();
    expect((await ledger.rowsOfEntries(size - 1, size))[0]?.body).toMatchObject({
      by: 'root',
      entries,
      requests: 2,
    });
    expect(await ledger.purgedBefore()).toBe(before);
  });

  test('the export of before verifies too, with what the entries said', () => {
    expect(verifyBundle(join(folder, 'kept'), { keys })).toMatchObject({ ok: true, problems: [] });
  });

  test('with the older export it is checked what the purged entries said', async () => {
    const report = verifyBundle(await exported('archived'), { keys, archives: [join(folder, 'kept')] });
    expect(report).toMatchObject({ ok: true, problems: [] });
    expect(report.missing).toEqual([]);
    expect(() => verifyBundle(join(folder, 'archived'), { keys, archives: [folder] })).toThrow(
      'There is no export',
    );
  });

  test('a place that is new has the hashes, and the log verifies against it', async () => {
    const place = await placeOf('new-place');
    expect(verifyBundle(await exported('with-place'), { keys, places: [place] })).toMatchObject({
      verdict: 'unproven',
      problems: [],
    });
  });

  test.each<[string, (lines: readonly string[], purge: string) => readonly string[], string]>([
    [
      'an entry that was not purged',
      (lines) => lines.map((line, at) => (at === 200 ? (lines[0] ?? '') : line)),
      'changed-range',
    ],
    [
      'the hash of an entry that was not purged, as if it were',
      (lines, id) => lines.map((line, at) => (at === 200 ? hashLine(line, id) : line)),
      'wrong-purge',
    ],
    [
      'the hash of an entry, with a purge that the log does not have',
      (lines) =>
        lines.map((line, at) => (at === 200 ? hashLine(line, '00000000-0000-4000-8000-000000000000') : line)),
      'unknown-purge',
    ],
    [
      'another hash of a purged entry',
      (lines, id) => [hashLine('x', id), ...lines.slice(1)],
      'changed-range',
    ],
    ['one purged entry less', (lines) => lines.slice(1), 'changed-range'],
  ])('the verifier finds %s', async (_, tamper, kind) => {
    const bundle = join(folder, `tampered-${kind}-${Math.random()}`);
    const fresh = await exported(bundle.slice(folder.length + 1));
    const file = join(fresh, 'entries.jsonl');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const [, id = ''] = /"purge":"([^"]+)"/.exec(lines[0] ?? '') ?? [];
    await writeFile(file, `${tamper(lines, id).join('\n')}\n`);
    const report = verifyBundle(fresh, { keys });
    expect(report.ok).toBe(false);
    expect(report.problems.map((problem) => problem.kind)).toContain(kind);
  });

  test('an attempt about a purged request is recorded, and stays when more is purged', async () => {
    await rows(
      `insert into event (request_id, seq, step, kind, body, via, at) values ($1, 0, 'late', 'refused', '{"kind":"refused"}', 'slack', ledger_now())`,
      [closed],
    );
    expect(verifyBundle(await exported('late'), { keys })).toMatchObject({
      verdict: 'unproven',
      problems: [],
    });
    expect(await rows('select from event where request_id = $1', [closed])).toHaveLength(1);
    const [next] = await rows<{ before: Date }>(
      'select min(before_at) as before from event_partition where left_at is null',
    );
    await shiftClock(database.url, (next?.before.getTime() ?? 0) - Date.now() + 40 * 86_400_000);
    for (const sql of ['update outbox set sent_at = ledger_now()', 'delete from wake_up']) await rows(sql);
    const open = await ledger.listRequests({ limit: 10 });
    expect(open.map(({ id }) => id)).toEqual([later()]);
    await ledger.record(
      stepOf(later(), 'withdraw', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at })),
    );
    await rows('update outbox set sent_at = ledger_now()');
    await rows('delete from wake_up');
    await shiftClock(database.url, (next?.before.getTime() ?? 0) - Date.now() + 75 * 86_400_000);
    await fill(laterRequest(3).replace('req_0', 'req_9') as RequestId, 300);
    expect(
      await purged(await exported('second'), {
        before: Infinity as Instant,
        without: ['old bucket', 'siem', 'new'],
      }),
    ).toMatchObject({ ok: true, value: { requests: 4 } });
    expect(await rows('select from event where request_id = $1', [closed])).toHaveLength(1);
    expect(verifyBundle(await exported('twice'), { keys })).toMatchObject({
      verdict: 'unproven',
      problems: [],
    });
    expect(await ledger.addEventPartitions()).toBeGreaterThanOrEqual(0);
  });

  test('a new stream begins after what left, and another purge has nothing to remove', async () => {
    const next = await ledger.claimStream({ sink: 'new', log: LOG_KEYS.name, by: 'a', forMs: 1 });
    const [last] = await rows<{ index: number }>('select max(index) as index from purged_entry');
    expect(next).toBe((last?.index ?? 0) + 1);
    expect(await purged(await exported('again'))).toMatchObject({ error: { kind: 'no-partition' } });
  });

  test('the owner of the database hides no recent request with a purge of their own', async () => {
    const hidden = laterRequest(8);
    await fill(hidden, 3);
    const archive = await exported('before-hiding');
    const { size } = await ledger.logProgress();
    const places = await rows<{ index: number; leaf: Buffer }>(
      `select x.index, substr(t.hashes, (x.index % 256 * 32 + 1)::integer, 32) as leaf from event e join log_entry x using (log_id)
         join log_tile t on t.level = 0 and t.n = x.index / 256 where e.request_id = $1 order by 1`,
      [hidden],
    );
    const digest = createHash('sha256');
    for (const { index, leaf } of places) digest.update(`${index} ${leaf.toString('base64')}\n`);
    await rows('alter table event disable trigger append_only');
    await rows('delete from event where request_id = $1', [hidden]);
    await rows('alter table event enable trigger append_only');
    await rows(
      `with p as (insert into purge (id, before_at, requests, entries, digest, export_size, purged_by)
                  values (gen_random_uuid(), '2020-01-01', 0, $1, $2, $3, 'x') returning id)
       insert into purged_entry select unnest($4::bigint[]), id from p`,
      [places.length, digest.digest('hex'), size, places.map(({ index }) => index)],
    );
    const kinds = (bundle: string, archives: readonly string[] = []) =>
      verifyBundle(bundle, { keys, archives }).problems.map(({ kind }) => kind);
    const unsigned = join(folder, 'unsigned');
    await exportLog(ledger, unsigned, {
      name: LOG_KEYS.name,
      trusted: LOG_KEYS.trusted,
      witnesses: [],
      places: new Map(),
      exportedAt: new Date(0),
    });
    expect(kinds(unsigned)).toEqual(['unknown-purge']);
    const signed = await exported('hidden');
    expect(verifyBundle(signed, { keys })).toMatchObject({
      verdict: 'unproven',
      missing: [expect.stringContaining('so what they said is not known')],
    });
    expect(kinds(signed, [join(folder, 'kept'), archive])).toContain('wrong-purged-entry');
    await rows('alter table purged_entry disable trigger append_only');
    await rows('delete from purged_entry where index = any ($1)', [places.map(({ index }) => index)]);
    await rows('alter table purged_entry enable trigger append_only');
    await expect(exported('deleted')).rejects.toThrow('not in its table any more');
  });

  test('a new log has what is in the ledger, and verifies', async () => {
    const name = `${LOG_KEYS.name}-2`;
    expect(await beginLog(database.url, { name, by: 'root' })).toBeUndefined();
    await sequenceAll(ledger, name);
    const { size } = await ledger.logProgress();
    expect(await ledger.purgedEntries(0, size)).toEqual([]);
    expect((await ledger.rowsOfEntries(0, size)).every((row) => row !== undefined)).toBe(true);
  });
});

/** The line of an entry as if it were purged. */
const hashLine = (line: string, id: string): string =>
  `{"leaf":"${leafHash(Buffer.from(line)).toString('base64')}","purge":"${id}"}`;
