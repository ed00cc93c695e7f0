import type { PersonId } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSecurity, NO_SECURITY, securityNames } from './security.ts';

/** Whether this person may end the quarantine of the ledger: only the active security people of the catalogue may. The error says why not. */
export function mayEndQuarantine(policy: PolicySet, person: PersonId): Result<undefined, string> {
  if (!policy.security)
    return no(`${NO_SECURITY}, so it names nobody who may. The operator of Curfew can add it`);
  return isSecurity(policy, person)
    ? ok(undefined)
    : no(`only the security people may: ${securityNames(policy)}`);
}
