import { Fault } from '../../core/faults.ts';
import type { Permission, Receipt } from '../provider.ts';
import type { Database } from './databases.ts';

/**
 * The receipt for a lease at a server that an operator said is gone. It counts only while the server does not answer. Throws the
 * error otherwise.
 */
export function receiptIfGone({ name, isGone }: Database, error: unknown): Receipt {
  if (!isGone || !(error instanceof Fault) || error.code !== 'provider-unavailable') throw error;
  return {
    level: 'none',
    seen: `the server of ${name} does not answer, and CURFEW_POSTGRES_GONE says that it is gone`,
  };
}

/** What the preflight says of a server that answers although an operator said that it is gone. */
export const findingOfGone = ({ isGone }: Database): readonly Permission[] =>
  isGone
    ? [
        {
          severity: 'excess',
          what: 'CURFEW_POSTGRES_GONE says that this server is gone, and it answers. Take its name out of that setting: with it, an outage would count as a receipt',
        },
      ]
    : [];
