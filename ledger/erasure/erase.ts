import { randomUUID } from 'node:crypto';
import { asOwner } from '../as-owner.ts';
import type { Db } from '../pool.ts';
import { NAMES } from './names.ts';
import { makeScope } from './scope.ts';
import { TEXTS } from './texts.ts';

/**
 * What an erasure did. `names`: in how many rows a name of the person was written over. `open`: how many requests of the person are not closed, and were left alone. `unsettled`: of how many closed ones the accounts
 * stay, because a provider may still be asked about them.
 */
export type ErasureResult = Readonly<{
  requests: number;
  texts: number;
  names: number;
  open: number;
  unsettled: number;
}>;

/**
 * Erases what a person wrote, and their names, in all closed requests, as the owner of the tables. A row of the log says that it was
 * done, and by which login of the operating system. When there is nothing of the person, nothing is recorded.
 */
export const erasePerson = (
  url: string,
  { person, by }: Readonly<{ person: string; by: string }>,
): Promise<ErasureResult> =>
  asOwner(url, async (owner) => {
    const erased = await eraseIn(owner, person);
    // Perhaps the id is mistyped. The log would have it for ever.
    if (isNothing(erased)) return erased;
    await owner.query(`insert into erasure (id, person, requests, erased_by) values ($1, $2, $3, $4)`, [
      randomUUID(),
      person,
      erased.requests,
      by,
    ]);
    return erased;
  });

/** True when the ledger has nothing of the person. */
export const isNothing = ({ requests, texts, names, open }: ErasureResult): boolean =>
  requests + texts + names + open === 0;

async function eraseIn(owner: Db, person: string): Promise<ErasureResult> {
  const { closed: requests, open, unsettled } = await makeScope(owner, person);
  const texts = await runAll(owner, TEXTS, person);
  const names = await runAll(owner, NAMES, person);
  return { requests, texts, names, open, unsettled };
}

/** Runs statements about a person. Returns how many rows they changed. */
async function runAll(owner: Db, statements: readonly string[], person: string): Promise<number> {
  let changed = 0;
  for (const statement of statements) {
    const { rowCount } = await owner.query(statement, statement.includes('$1') ? [person] : []);
    changed += rowCount ?? 0;
  }
  return changed;
}
