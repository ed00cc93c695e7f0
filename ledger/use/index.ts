import type { Bound } from '../bind.ts';
import { leaseUses, countLeaseUses, neverUsedSql } from './lease-uses.ts';
import { takeUseTask, endUseTask, readUseFacts, recordUse } from './readings.ts';

export {
  type LeaseUse,
  type ShownPart,
  type UseFilter,
  USE_VERDICTS,
  type UseVerdict,
} from './lease-uses.ts';
export type { EndedUseTask, UseFacts, UseTask, UseTasksExcept } from './readings.ts';

/** The part of the ledger about what was done with leases. */
export const USE = {
  query: { takeUseTask, endUseTask, readUseFacts, recordUse, leaseUses },
  tx: { countLeaseUses },
  pure: { neverUsedSql },
};

export interface UseLedger extends Bound<typeof USE> {}
