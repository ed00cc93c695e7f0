import type { RequestedTarget } from '../core/target.ts';
import type { Intent } from '../providers/provider.ts';

/**
 * All that a revocation needs while the ledger is away. Temporal keeps it with the heartbeats and the result of a
 * grant: which account, which target, and the level that must remain.
 */
export type Undo = Readonly<{ intent: Omit<Intent<unknown>, 'target'>; target: RequestedTarget }>;
