import type { Instant } from '../core/ids.ts';
import type { Ledger } from '../ledger/index.ts';

/**
 * The moment after which a folder's answers are read. `newestAt`: the largest time of an entry of its log. Throws while the clock of the
 * database is behind it: then nobody could tell the answers from older ones.
 */
export async function answerTime({ now }: Pick<Ledger, 'now'>, newestAt: string): Promise<Instant> {
  const at = await now();
  if (new Date(at).toISOString() < newestAt)
    throw new Error(
      `the clock of the database is behind the newest entry of the log, which is of ${newestAt}`,
    );
  return at;
}
