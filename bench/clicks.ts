import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { openInbox } from '../bot/inbound/slack-inbox.ts';
import type { Deps } from '../requests/deps.ts';
import { clickIdOf, requestIdOf } from '../core/ids.ts';
import { openPool } from '../ledger/pool.ts';
import { APPROVERS_SLACK, TEAM } from './policy.ts';

const WARM_UP = 50;

/**
 * How long a person's click takes until it may be acknowledged, and how long one committed insert of a row of
 * that size takes, in milliseconds each, in turns. Whoever is woken by a click listens, as the dispatcher does.
 */
export async function clicks(
  { ledger, policy }: Deps,
  urls: Readonly<{ owner: string; writer: string }>,
  count: number,
): Promise<Readonly<{ click: readonly number[]; insert: readonly number[] }>> {
  await makeTable(urls.owner);
  const pool = openPool(urls.writer, { role: 'gateway', max: 1, queryTimeoutMs: 35_000 });
  const attending = ledger.watch(
    'curfew_click',
    () => Promise.resolve(0),
    () => undefined,
  );
  const inbox = openInbox({ ledger, policy, team: TEAM });
  const caller = { user: APPROVERS_SLACK, team: TEAM, channel: 'C0BENCH001' };
  const body = { digest: 'a'.repeat(64) };
  const click: number[] = [];
  const insert: number[] = [];
  try {
    for (let number = -WARM_UP; number < count; number += 1) {
      const request = requestIdOf(clickIdOf(uuidv7()));
      const clicked = await timed(() => inbox.receive(caller, { kind: 'approve', request, body }));
      const inserted = await timed(() =>
        pool.query('insert into bench_row (id, body) values ($1, $2)', [uuidv7(), JSON.stringify(body)]),
      );
      if (number < 0) continue;
      click.push(clicked);
      insert.push(inserted);
    }
    return { click, insert };
  } finally {
    await attending.stop();
    await pool.end();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function makeTable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create table bench_row (id text primary key, body jsonb not null)');
    await client.query('grant insert on bench_row to curfew_gateway');
  } finally {
    await client.end();
  }
}
