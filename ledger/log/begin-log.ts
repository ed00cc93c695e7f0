import { asOwner } from '../as-owner.ts';
import type { Db } from '../pool.ts';

const TABLES = ['log_entry', 'log_tile', 'log_checkpoint', 'log_cosignature', 'purged_entry'];

/** What a new log begins with. `by`: the login of the operating system of the administrator. */
export type NewLog = Readonly<{ name: string; by: string }>;

/**
 * Begins a log of another name, as the owner of the tables: everything that is recorded goes into it again, from the first row on, and
 * so does a row that says which log was before it. What was published of the log before stays where it was published. The error says
 * why it was not begun.
 */
export const beginLog = (url: string, newLog: NewLog): Promise<string | undefined> =>
  asOwner(url, (owner) => replaceLog(owner, newLog));

async function replaceLog(owner: Db, { name, by }: NewLog): Promise<string | undefined> {
  const { rows } = await owner.query<{ name: string | null }>('select name from log_state for update');
  const before = rows[0]?.name ?? null;
  const used = await owner.query('select from log_beginning where $1 in (name, previous)', [name]);
  if (before === name || used.rows.length > 0) return `the ledger had a log of the name ${name} already`;
  await owner.query(
    `insert into log_beginning (name, previous, previous_note, begun_by)
     values ($1, $2, (select note from log_checkpoint order by size desc limit 1), $3)`,
    [name, before, by],
  );
  for (const table of TABLES) await owner.query(`alter table ${table} disable trigger no_truncate`);
  await owner.query(`truncate ${TABLES.join(', ')}, log_gap, log_place`);
  for (const table of TABLES) await owner.query(`alter table ${table} enable trigger no_truncate`);
  await owner.query('alter table log_state disable trigger only_grows');
  await owner.query('update log_state set name = $1, size = 0, seen_to = 0', [name]);
  await owner.query('alter table log_state enable trigger only_grows');
  return undefined;
}
