import type { RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { readLostAccess } from '../requests/lost-access.ts';
import { endLost } from '../requests/mass-ending/end-lost.ts';
import { endRequests } from '../requests/mass-ending/end-requests.ts';

/**
 * Ends what a mass ending has not ended: a worker may have been killed before it ended everything, and a request may have been opened in the
 * moment in which the lock was made (I18). A request that cannot be ended keeps no other mass ending from being finished, and then it
 * throws. Returns the requests that it ended.
 */
export async function endWhatIsLocked(deps: Pick<Deps, 'ledger' | 'policy'>): Promise<readonly RequestId[]> {
  const { ledger } = deps;
  const ended: RequestId[] = [];
  const errors: unknown[] = [];
  const unfinished = await ledger.unfinishedMassEndings();
  const lost = unfinished.length === 0 ? [] : await readLostAccess(deps);
  for (const massEnding of unfinished)
    try {
      ended.push(...(await endRequests(ledger, massEnding, 'sweeper')));
      await endLost(ledger, lost, { massEnding, via: 'sweeper' });
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
  return ended;
}
