import { type AuditPage, type AuditPart, auditPage } from '../questions/audit-pages.ts';
import type { AuditQuery } from '../questions/audit-query.ts';
import type { Db } from '../pool.ts';
import { type PurgedEntry, purgedEntries } from './purged.ts';
import { type IndexedRow, type LogRow, ROW, rowsOfEntries } from './rows.ts';

/** Texts of an event that are not erased. `index` is that of its entry in the log. */
export type EventTexts = Readonly<{ index: number; salt: string; texts: readonly string[] }>;

/** A row that nothing is computed from, as the ledger has it. */
export type RecordedRow = Readonly<{ id: string }>;

/** The log as its newest published checkpoint has it, and what belongs to it, at one moment. Each list is read in parts of up to `most` rows. */
export interface LogSnapshot {
  /** So many entries the newest published checkpoint has. */
  readonly size: number;
  /** The rows of the entries `from` to `to`, without `to`. */
  entries(from: number, to: number): Promise<readonly (LogRow | undefined)[]>;
  /** Those of the entries `from` to `to`, without `to`, whose rows are gone with a purge. */
  purged(from: number, to: number): Promise<readonly PurgedEntry[]>;
  /** The published notes after this size, with what witnesses signed. */
  notes(
    after: number,
    most: number,
  ): Promise<readonly Readonly<{ size: number; note: string; lines: readonly string[] }>[]>;
  /** Texts of the entries after this one, which are not erased. */
  texts(after: number, most: number): Promise<readonly EventTexts[]>;
  /** What people wrote, and is not erased. */
  freeTexts(after: string, most: number): Promise<readonly RecordedRow[]>;
  /** What people clicked or typed, with the outcome. */
  clicks(after: string, most: number): Promise<readonly RecordedRow[]>;
  /** What each reading of the use of a lease showed. */
  useReadings(after: string, most: number): Promise<readonly RecordedRow[]>;
  /** The published note of the largest size; undefined when there is none. */
  newestNote(): Promise<Readonly<{ size: number; note: string }> | undefined>;
  /** One page of the answer to a question of an auditor. */
  auditPage(query: AuditQuery, part: AuditPart): Promise<AuditPage>;
}

/** Runs work on one snapshot of the database. Call it in a transaction of its own. */
export async function onSnapshot<T>(db: Db, work: (snapshot: LogSnapshot) => Promise<T>): Promise<T> {
  await db.query('set transaction isolation level repeatable read, read only');
  const { rows: newest } = await db.query<{ size: number }>(
    'select coalesce(max(size), 0) as size from log_checkpoint',
  );
  const size = Number(newest[0]?.size ?? 0);
  const list = async <Row extends object>(sql: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    (await db.query<Row>(sql, [...values])).rows;
  return work({
    size,
    entries: (from, to) => rowsOfEntries(db, from, to),
    purged: (from, to) => purgedEntries(db, from, to),
    notes: (...part) =>
      list(
        `select size, note, array(select line from log_cosignature s where s.size = c.size order by line) as lines
           from log_checkpoint c where size > $1 order by size limit $2`,
        part,
      ),
    texts: (...part) =>
      list(
        `select x.index, t.salt, t.texts
           from log_entry x join event e using (log_id) join event_text t on (t.request_id, t.seq) = (e.request_id, e.seq)
          where x.index > $1 and x.index < ${size} order by x.index limit $2`,
        part,
      ),
    freeTexts: (...part) =>
      list(
        `select * from (
           select request_id || '/' || kind as id, request_id as request, kind, null::integer as seq, salt, body from free_text
            where ${coveredBy(size, "e.kind = case free_text.kind when 'reason' then 'requested' else 'closed' end", 'free_text')}
           union all
           select request_id || '/' || kind || '/' || seq, request_id, kind, seq, salt, body from event_free_text
            where ${coveredBy(size, 'e.seq = event_free_text.seq', 'event_free_text')}) f
          where id > $1 order by id limit $2`,
        part,
      ),
    clicks: (...part) =>
      list(
        `select id, kind, request_id, via, account, person, body, ${time('received_at')}, ${time('done_at')}, outcome
           from click where id > $1 order by id limit $2`,
        part,
      ),
    useReadings: (...part) =>
      list(
        `select lpad(id::text, 20, '0') as id, lease_id, ${time('read_at')}, source, kind, amount, unit, ${time('first_at')}, ${time('last_at')},
                ${time('covered_from')}, ${time('covered_until')}, parts, why
           from use_reading where id > coalesce(nullif($1, '')::bigint, 0) order by use_reading.id limit $2`,
        part,
      ),
    newestNote: async () =>
      (
        await list<{ size: number; note: string }>(
          'select size, note from log_checkpoint order by size desc limit 1',
          [],
        )
      )[0],
    auditPage: (query, part) => auditPage(db, query, part),
  });
}

/** Whether a checkpoint of this size covers an event of the request of a row. */
const coveredBy = (size: number, which: string, table: string): string =>
  `exists (select from event e join log_entry x using (log_id)
            where e.request_id = ${table}.request_id and ${which} and x.index < ${size})`;

const time = (column: string): string =>
  `to_char(date_trunc('milliseconds', ${column}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${column}`;

/** The events of a request with their indices in the log. */
export async function entriesOfRequest(db: Db, request: string): Promise<readonly IndexedRow[]> {
  const { rows } = await db.query<IndexedRow>(
    `select x.index, ${ROW} from (
       select log_id, 'event' as type, request_id || '/' || seq as id, at, body, step, via, seq from event where request_id = $1) e
       left join log_entry x using (log_id) order by seq`,
    [request],
  );
  return rows;
}
