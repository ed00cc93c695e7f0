import type { Ledger } from '../../ledger/index.ts';

/**
 * Why many accesses may not be removed at once now; undefined while they may. Every mass ending of others, and every pass that ends the access of
 * people who left, asks this first. A quarantine after a restore is such a reason.
 */
export const whyNoBulkRemoval = (_ledger: Ledger): Promise<string | undefined> => Promise.resolve(undefined);
