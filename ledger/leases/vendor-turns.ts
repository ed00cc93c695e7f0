import { type AskedTurn, nextTurn, type TakenTurn, type Turn, WINDOW_MS } from '../../core/turns.ts';
import type { Db } from '../pool.ts';

/** Takes the next turn of an attempt at this vendor, or plans it. One process does so at a time, for some milliseconds. */
export async function takeTurn(db: Db, provider: string, asked: AskedTurn): Promise<TakenTurn> {
  await lockBudget(db, provider);
  const { at, turns } = await readTurns(db, provider);
  const { turn, ahead } = nextTurn(turns, asked, at);
  const { kind, points, hasBegun } = turn;
  const waitMs = turn.at - at;
  const isKnown = turns.some(({ id }) => id === turn.id);
  const { rows } = await db.query<{ id: number }>(
    isKnown
      ? `update vendor_turn set kind = $2, points = $3, at = to_timestamp($4 / 1000.0), has_begun = $5 where id = $1 returning id`
      : `insert into vendor_turn (provider, kind, points, at, has_begun, key)
         values ($1, $2, $3, to_timestamp($4 / 1000.0), $5, $6) returning id`,
    isKnown
      ? [turn.id, kind, points, turn.at, hasBegun]
      : [provider, kind, points, turn.at, hasBegun, asked.key],
  );
  return { id: rows[0]?.id ?? turn.id, waitMs, ahead };
}

/** Waits for the others, but not as long as for a row elsewhere: an attempt then takes a turn of its process. */
async function lockBudget(db: Db, provider: string): Promise<void> {
  await db.query(`select set_config('lock_timeout', '1s', true)`);
  const lock = () => db.query('select from vendor_budget where provider = $1 for update', [provider]);
  if ((await lock()).rows.length > 0) return;
  await db.query('insert into vendor_budget (provider) values ($1) on conflict do nothing', [provider]);
  await lock();
}

/** The turns that still count, and the ledger's time. Those that count no more, and those that no attempt can have, are deleted. */
async function readTurns(
  db: Db,
  provider: string,
): Promise<Readonly<{ at: number; turns: readonly Turn[] }>> {
  const { rows } = await db.query<{ now: number; turns: readonly Turn[] }>(
    `select forget_vendor_turns($1),
            round(extract(epoch from ledger_now()) * 1000)::float8 as now,
            coalesce(jsonb_agg(jsonb_build_object('id', id, 'key', key, 'kind', kind, 'points', points,
                       'at', round(extract(epoch from at) * 1000)::float8, 'hasBegun', has_begun) order by id), '[]') as turns
       from vendor_turn where provider = $1 and at > ledger_now() - $2 * interval '1 millisecond'`,
    [provider, WINDOW_MS],
  );
  return { at: rows[0]?.now ?? 0, turns: rows[0]?.turns ?? [] };
}

/** The attempt made no call, or does not come back. */
export const freeTurn = async (db: Db, id: number): Promise<void> =>
  void (await db.query(`update vendor_turn set at = '-infinity' where id = $1`, [id]));
