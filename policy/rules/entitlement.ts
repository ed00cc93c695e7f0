import { nearest } from '../../core/nearest.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { type Finding, pass, refuse, type Rule } from './rule.ts';

const SHOWN_CHARACTERS = 80;

/** The catalogue has the entitlement that was named. */
export const knownEntitlement: Rule = {
  id: 'entitlement',
  wanted: 'The catalogue has an entitlement with this id or synonym.',
  judge: ({ policy, submission }) => findNamed(policy, submission.entitlement),
};

function findNamed(policy: PolicySet, typed: string): Finding {
  // The cut can leave half of a surrogate pair, which Postgres cannot store.
  const shown = typed.slice(0, SHOWN_CHARACTERS).toWellFormed();
  const entitlement = findEntitlement(policy, typed);
  if (entitlement) return pass(`"${shown}" names ${entitlement.id}: ${entitlement.title}.`, { entitlement });

  const guess = nearest(typed, policy.entitlements.keys());
  return refuse(
    { code: 'unknown-entitlement', ...(guess ? { nearest: guess } : {}) },
    `"${shown}" is not in the catalogue.${guess ? ` The nearest id is ${guess}.` : ''}`,
  );
}

/** Finds an entitlement by its id or by one of its synonyms. Upper and lower case are equal. */
export function findEntitlement(policy: PolicySet, typed: string): Entitlement | undefined {
  const name = typed.trim().toLowerCase();
  return (
    policy.entitlements.get(name) ??
    [...policy.entitlements.values()].find(({ synonyms }) =>
      synonyms.some((synonym) => synonym.toLowerCase() === name),
    )
  );
}
