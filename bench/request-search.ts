import pg from 'pg';
import { askedOf, type KnownNames, parseSearch } from '../audit/search/index.ts';
import type { Instant, PersonId } from '../core/ids.ts';
import type { RequestSearch, VisibleRequests } from '../ledger/index.ts';
import type { Db } from '../ledger/pool.ts';
import { countSearched, searchRequests } from '../ledger/request/request-search.ts';

export type RequestSearchSize = Readonly<{
  /** How many requests the ledger has. */
  requests: number;
  /** How often each search is made. */
  rounds: number;
}>;

/** The milliseconds of each page of a search and of each count of it, and the plan of its slowest page. */
export type SearchMeasure = Readonly<{
  search: string;
  pages: readonly number[];
  counts: readonly number[];
  plan: readonly string[];
}>;
/** `scans`: the milliseconds of scans of a page of rows by the primary key. */
export type RequestSearches = Readonly<{ searches: readonly SearchMeasure[]; scans: readonly number[] }>;

const PAGE = 50;
const MOST_COUNTED = 10_000;
const END = Date.UTC(2026, 0, 1) as Instant;
/** So many requests are made in an hour, however many there are. */
const REQUESTS_AN_HOUR = 40;

/** What is frequent and what is rare, alone and in pairs, also pairs that have to do with each other, and what a reader who sees little sees. */
const WORDS = [
  ...['person:p0', 'person:p1900', 'approver:a7', 'approver:nobody', 'entitlement:e0', 'entitlement:e299'],
  ...['provider:github', 'provider:rare', 'class:A', 'state:active', 'state:closed', 'state:refused'],
  ...['ending:expired', 'ending:denied', 'ending:voided', 'refused:yes', 'since:7d', 'since:400d'],
];
const PAIRS = WORDS.flatMap((one, place) =>
  WORDS.slice(place + 1).flatMap((other) =>
    one.split(':')[0] === other.split(':')[0] ? [] : [`${one} ${other}`],
  ),
);
const READERS: Readonly<Record<string, VisibleRequests>> = {
  'as somebody who approves': {
    reader: 'a3' as PersonId,
    requesters: ['p5', 'p1000'] as unknown as readonly PersonId[],
    entitlements: ['e30'],
  },
  'as somebody who made ten requests': {
    reader: 'p1990' as PersonId,
    requesters: ['p1990'] as unknown as readonly PersonId[],
    entitlements: [],
  },
};

/** Pages of a list of searches, against scans of as many rows by the primary key, in turns. */
export async function measureRequestSearch(
  { requests, rounds }: RequestSearchSize,
  url: string,
): Promise<RequestSearches> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await fill(client, requests);
    const asked: readonly MeasuredSearch[] = [
      ...['', ...WORDS, ...PAIRS].map((text) => ({
        name: text,
        search: searchOf(text),
        visible: 'all' as const,
      })),
      ...Object.entries(READERS).flatMap(([name, visible]) =>
        ['', ...WORDS].map((text) => ({ name: `${text} ${name}`.trim(), search: searchOf(text), visible })),
      ),
    ];
    const scans: number[] = [];
    const searches: SearchMeasure[] = [];
    for (const each of asked) {
      searches.push(await measureOne(client, each, rounds));
      scans.push(await timed(() => scan(client, requests)));
    }
    return { searches, scans };
  } finally {
    await client.end();
  }
}

type MeasuredSearch = Readonly<{ name: string; search: RequestSearch; visible: VisibleRequests }>;

async function measureOne(
  client: pg.Client,
  { name, search, visible }: MeasuredSearch,
  rounds: number,
): Promise<SearchMeasure> {
  const db = client as unknown as Db;
  const page = (of: Db) => searchRequests(of, search, visible, { most: PAGE });
  await page(db); // The first time reads from the disk.
  const [pages, counts]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    pages.push(await timed(() => page(db)));
    counts.push(await timed(() => countSearched(db, search, visible, MOST_COUNTED)));
  }
  const plan: string[] = [];
  await page(explaining(client, plan));
  return { search: name === '' ? '(everything)' : name, pages, counts, plan };
}

/** A connection that explains each statement, and finds nothing. */
const explaining = (client: pg.Client, plan: string[]): Db =>
  ({
    query: async (sql: string, values: unknown[]) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, timing off) ${sql}`,
        values,
      );
      plan.push(...rows.map((row) => row['QUERY PLAN']));
      return { rows: [] };
    },
  }) as unknown as Db;

const NO_NAMES: KnownNames = { person: [], entitlement: [], provider: [] };

function searchOf(text: string): RequestSearch {
  const read = parseSearch(text, { now: END, timeZone: 'UTC', known: NO_NAMES });
  if (!read.ok) throw new Error(`"${text}" is no search`);
  return askedOf(read.value);
}

const idOf = (number: string): string => `'req_' || lpad(${number}::text, 26, '0')`;

const scan = (client: pg.Client, requests: number) =>
  client.query(`select * from request_list where id >= ${idOf('$1')} order by id limit ${PAGE}`, [
    Math.floor(Math.random() * Math.max(1, requests - PAGE)),
  ]);

/**
 * Requests in the order of their times. A few people and entitlements have most of them. Who approves, where it gives access and how its end is
 * enforced depend on the entitlement. The newest thousandth is open.
 */
async function fill(client: pg.Client, requests: number): Promise<void> {
  await client.query('set synchronous_commit = off');
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where tablename = 'request_list' and indexname <> 'request_list_pkey'`,
  );
  await client.query(rows.map(({ indexname }) => `drop index ${indexname}`).join(';'));
  await client.query(
    `insert into request_list (id, opened_at, person, entitlement, minutes, providers, classes, state, ending, approvers, approved_by, refused, ends_at,
                               closed_at, digest)
     select ${idOf('n')}, at, 'p' || person, 'e' || what, 60,
            case when what = 299 then '{rare}' when what % 10 = 0 then '{aws-iam,github}' when what % 3 = 0 then '{postgres}' else '{github}' end::text[],
            case when what % 10 = 0 then '{A,C}' when what % 3 = 0 then '{B}' else '{C}' end::text[],
            case when n > $1::bigint * 0.999 then (array['pending', 'active', 'active', 'revoking'])[1 + n % 4] when r < 0.02 then 'refused' else 'closed' end,
            case when n > $1::bigint * 0.999 or r < 0.02 then null when r < 0.1 then 'denied' when r < 0.14 then 'lapsed' when r < 0.1405 then 'voided'
                 when r < 0.3 then 'ended' else 'expired' end,
            approvers, case when r < 0.14 then '{}' else approvers[1:1] end, r < 0.02 or q < 0.03, at + interval '1 hour', at + interval '1 hour', md5(n::text)
       from generate_series(0, $1::bigint - 1) n
       cross join lateral (
         select random() as r, random() as q, (power(random(), 3) * 2000)::integer as person, (power(random(), 3) * 300)::integer as what,
                to_timestamp($2::float8 / 1000) - ($1::bigint - n) * interval '1 hour' / $3::float8 as at) s
       cross join lateral (select array['a' || what % 60, 'a' || (what + 7) % 60, 'a' || (what + 13) % 60] as approvers) a`,
    [requests, END, REQUESTS_AN_HOUR],
  );
  await client.query(`set maintenance_work_mem = '512MB'; ${rows.map(({ indexdef }) => indexdef).join(';')}`);
  await client.query('vacuum (analyze) request_list');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
