import type { RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { endRequests } from '../requests/mass-ending/end-requests.ts';

/**
 * Ends what a mass ending has not ended: a worker may have been killed before it ended everything, and a request may have been opened in the
 * moment in which the lock was made (I18). A request that cannot be ended keeps no other mass ending from being finished, and then it
 * throws. Returns the requests that it ended.
 */
export async function endWhatIsLocked({ ledger }: Pick<Deps, 'ledger'>): Promise<readonly RequestId[]> {
  const ended: RequestId[] = [];
  const errors: unknown[] = [];
  for (const massEnding of await ledger.unfinishedMassEndings())
    try {
      ended.push(...(await endRequests(ledger, massEnding, 'sweeper')));
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
  return ended;
}
