import type { LeaseId } from '../../core/ids.ts';
import type { Bound } from '../bind.ts';
import { heldRoles } from './held-roles.ts';
import { intend, lowerPrior, lastRevokedAt } from './holdings.ts';
import { requestsWithWrongLeases, correctLeases } from './lease-rows.ts';
import {
  readLease,
  readOpenHolding,
  leasesToVerify,
  leasesOf,
  takeDueLeases,
  overdueLeases,
  waitingGrants,
  noteLeaseFault,
  noteUntriedGrants,
} from './leases.ts';
import { assertHeld, type HeldLock } from './lock.ts';
import { storeSecret, deliver, takeSecret, eraseSecret, hasSecret } from './secrets.ts';
import { takeTurn, freeTurn } from './vendor-turns.ts';
import { takeVerification, endVerification, doubt } from './verifications.ts';

/** The part of the ledger about leases: the access of requests, the locks on it and the turns at vendors. */
export const LEASES = {
  query: {
    readLease,
    heldRoles,
    readOpenHolding,
    lastRevokedAt,
    leasesToVerify,
    leasesOf,
    overdueLeases,
    waitingGrants,
    noteLeaseFault,
    noteUntriedGrants,
    freeTurn,
    takeVerification,
    endVerification,
    doubt,
    assertHeld,
    takeSecret,
    eraseSecret,
    hasSecret,
  },
  tx: {
    intend,
    lowerPrior,
    takeDueLeases,
    requestsWithWrongLeases,
    correctLeases,
    takeTurn,
    storeSecret,
    deliver,
  },
};

export interface LeaseLedger extends Bound<typeof LEASES> {
  /** Runs `work` while no other process works on the same key (F16). */
  withLock<T>(key: string, work: (lock: HeldLock) => Promise<T>): Promise<T>;
  /** True when this process can write to the lease over a new connection. It does not show that the ledger can record. */
  canWrite(lease: LeaseId): Promise<boolean>;
}
