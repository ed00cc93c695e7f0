import type { AccountFacts } from '../../core/account.ts';
import type { ClickId } from '../../core/ids.ts';
import type { ClickKind } from '../../core/click-kinds.ts';
import type { Click } from './clicks.ts';
import type { Db, HintingDb } from '../pool.ts';

/** A click whose account is not checked yet. */
export type UncheckedClick = Pick<Click, 'id' | 'kind' | 'account' | 'request'>;

/**
 * Takes up to `most` clicks of these kinds whose account is not checked. Each is due again after `retryMs` milliseconds,
 * and after a pause that grows with each try.
 */
export async function takeUncheckedClicks(
  db: Db,
  kinds: readonly ClickKind[],
  most: number,
  retryMs: number,
): Promise<readonly UncheckedClick[]> {
  const { rows } = await db.query<UncheckedClick>(
    `with taken as (
       update unchecked_click set tries = tries + 1,
              next_try_at = ledger_now() + least($3 * power(2, least(tries, 5)), 60000) * interval '1 millisecond'
        where click_id = any (array(select click_id from unchecked_click u join click c on c.id = u.click_id
                            where c.kind = any ($1) and u.next_try_at <= ledger_now()
                            order by u.next_try_at limit $2 for update of u skip locked))
       returning click_id)
     select id, kind, account, request_id as request from click where id in (select click_id from taken) order by id`,
    [kinds, most, retryMs],
  );
  return rows;
}

/** Stores what the channel said about the account of a click, once. From then on the click can be decided. */
export async function storeAccountCheck(db: HintingDb, click: ClickId, facts: AccountFacts): Promise<void> {
  await db.query(
    `with checked as (insert into account_check (click_id, facts) values ($1, $2) on conflict do nothing)
     delete from unchecked_click where click_id = $1`,
    [click, JSON.stringify(facts)],
  );
  db.hint('curfew_click');
}

/** What the channel said about the account of a click; undefined while nobody asked. */
export async function readAccountCheck(db: Db, click: ClickId): Promise<AccountFacts | undefined> {
  const { rows } = await db.query<{ facts: AccountFacts }>(
    'select facts from account_check where click_id = $1',
    [click],
  );
  return rows[0]?.facts;
}
