import pg from 'pg';
import { allAccess } from '../audit/questions/index.ts';
import type { Instant } from '../core/ids.ts';
import { openLedger } from '../ledger/index.ts';

export type QuestionsSize = Readonly<{
  /** How many grants the ledger has. */
  grants: number;
  /** At how many moments it is asked who had access. */
  moments: number;
}>;

/** The milliseconds of each answer and of each scan, and how many rows each had. */
export type Questions = Readonly<{
  answers: readonly number[];
  scans: readonly number[];
  rows: readonly number[];
}>;

const END = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
/** So many grants begin in an hour, however many there are. */
const GRANTS_AN_HOUR = 400;
/** Moments are from this part of the time, because few grants live at its beginning. */
const LATER = 0.5;
/** More than any answer has. */
const ALL = 1_000_000;

/** Who had access at random moments, against scans of as many rows by the primary key, in turns. */
export async function measureQuestions({ grants, moments }: QuestionsSize, url: string): Promise<Questions> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const ledger = openLedger(url, { queryTimeoutMs: 600_000, statementTimeoutMs: 600_000 });
  const measured: Record<keyof Questions, number[]> = { answers: [], scans: [], rows: [] };
  try {
    const begin = END - (grants / GRANTS_AN_HOUR) * HOUR_MS;
    await withoutIndexes(client, () => fill(client, grants, begin));
    await client.query('vacuum (analyze) access_period');
    for (let turn = 0; turn < moments; turn += 1) {
      const at = (END - Math.random() * (END - begin) * LATER) as Instant;
      const ask = () => ledger.auditPage(allAccess({ from: at, to: at }), { most: ALL });
      const { rows } = await ask(); // The first time reads from the disk.
      const first = Math.floor(Math.random() * (grants - rows.length));
      const scan = () =>
        client.query(
          `select granted_at, lease_id, ended_at, ends_at, person, entitlement, provider, target_name, target_key, account_name, account_id, level, 'granted', request_id
             from access_period where lease_id >= $1 order by lease_id limit $2`,
          [idOf(first), rows.length],
        );
      await scan();
      measured.answers.push(await timed(ask));
      measured.scans.push(await timed(scan));
      measured.rows.push(rows.length);
    }
    return measured;
  } finally {
    await Promise.all([client.end(), ledger.close()]);
  }
}

const idOf = (number: number): string => `lease_${String(number).padStart(12, '0')}`;

/** Grants of up to eight hours, and one in a thousand of up to thirty days, in the order of their times. */
async function fill(client: pg.Client, grants: number, begin: number): Promise<void> {
  await client.query('set synchronous_commit = off');
  await client.query(
    `insert into access_period (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level,
                                granted_at, granted_seq, ended_at, ends_at, changed_at)
     select 'lease_' || lpad(n::text, 12, '0'), 'req_' || n, 'person-' || n % 2000, 'entitlement-' || n % 300, 'fake', 'thing-' || n % 300,
            'thing-' || n % 300, 'id-' || n % 2000, 'person-' || n % 2000, 'write', g.at, 5, g.at + g.held, g.at + g.held, g.at + g.held
       from generate_series(0, $1::bigint - 1) n
       cross join lateral (
         select to_timestamp($2::float8 / 1000) + n * interval '1 hour' / $3::float8 as at,
                case when n % 1000 = 0 then random() * interval '30 days' else random() * interval '8 hours' end as held) g`,
    [grants, begin, GRANTS_AN_HOUR],
  );
}

/** Does the work while the table has no index but its primary key: many rows are there sooner when the indexes are made afterwards. */
async function withoutIndexes(client: pg.Client, work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where tablename = 'access_period' and indexname <> 'access_period_pkey'`,
  );
  await client.query(rows.map(({ indexname }) => `drop index ${indexname}`).join(';'));
  await work();
  await client.query(`set maintenance_work_mem = '512MB'; ${rows.map(({ indexdef }) => indexdef).join(';')}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
