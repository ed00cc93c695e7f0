import type { RequestId } from '../../core/ids.ts';
import type { MassEnding } from '../../core/mass-ending.ts';
import type { Ledger, Via } from '../../ledger/index.ts';

type EndsRequests = Pick<Ledger, 'requestsToEnd' | 'massEnd'>;

const PAGE = 200;
/** Requests that are ended at the same time: as many as the worker has connections. */
const AT_ONCE = 7;

/**
 * Ends every request that a mass ending must still end, each once. The workflows and the sweeper then revoke their leases. It can run
 * again at any time. When one request cannot be ended, the others are, and then it throws. Returns those that it ended.
 */
export async function endRequests(
  ledger: EndsRequests,
  massEnding: MassEnding,
  via: Via,
): Promise<readonly RequestId[]> {
  const ended: RequestId[] = [];
  const errors: unknown[] = [];
  const tried = new Set<RequestId>();
  for (;;) {
    const found = await ledger.requestsToEnd(massEnding.id, PAGE + errors.length);
    const left = found.filter((request) => !tried.has(request));
    if (left.length === 0) break;
    const endNext = async (): Promise<void> => {
      for (let request = left.pop(); request !== undefined; request = left.pop()) {
        tried.add(request);
        try {
          const { outcome } = await ledger.massEnd(massEnding, { request, via });
          if (outcome.ok) ended.push(request);
        } catch (error) {
          errors.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, endNext));
  }
  if (errors.length > 0) throw errors[0];
  return ended.sort();
}
