import { Fault } from '../../core/faults.ts';
import type { Account } from './account.ts';

/** A look needs up to 15 requests, and GitHub accepts 83 a minute for everything. */
const NEXT_LOOK_MS = 60_000;

/**
 * The access waits for a person: they are invited to `where` and have not accepted. The invitation itself gives no access.
 * When the access would end, the revoke deletes the invitation.
 */
export const awaitsAcceptance = ({ login }: Account, where: string): Fault =>
  new Fault(
    'awaiting-person',
    `github: ${login} must first accept the invitation to ${where}. If they have not accepted when the access would end, the invitation is deleted`,
    { retryAfterMs: NEXT_LOOK_MS },
  );
