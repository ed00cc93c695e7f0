import type { PersonId } from '../../core/ids.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected, spellSelector } from '../files/selector.ts';
import {
  type Facts,
  type Finding,
  NO_ENTITLEMENT,
  NO_PERSON,
  notReached,
  pass,
  refuse,
  type Rule,
} from './rule.ts';

/** The requester is one of the entitlement's `requesters`. */
export const allowedRequester: Rule = {
  id: 'requester',
  wanted: 'The entitlement names the requester among its requesters.',
  judge: judgeRequester,
};

function judgeRequester({ policy, found }: Facts): Finding {
  const { person, entitlement } = found;
  if (!person) return notReached(NO_PERSON);
  if (!entitlement) return notReached(NO_ENTITLEMENT);
  const { requesters, title } = entitlement;
  const wanted = `The requester is named by one of: ${requesters.map(spellSelector).join(', ')}.`;
  const named = requesters.filter((selector) => isSelected(policy.directory, selector, person.id));
  if (named.length > 0)
    return { ...pass(`${person.id} is named by ${named.map(spellSelector).join(', ')}.`), wanted };
  const refusal = { code: 'not-allowed', why: `${title} is not for your group` } as const;
  return { ...refuse(refusal, `${person.id} is named by none of them.`), wanted };
}

/** True when the entitlement names this person among its requesters. An empty list names nobody. */
export const mayRequest = (policy: PolicySet, { requesters }: Entitlement, person: PersonId): boolean =>
  requesters.some((selector) => isSelected(policy.directory, selector, person));

/** The entitlements that this person may request, in the order of the catalogue. */
export const requestableBy = (policy: PolicySet, person: PersonId): readonly Entitlement[] =>
  policy.directory.people.get(person)?.active
    ? [...policy.entitlements.values()].filter((entitlement) => mayRequest(policy, entitlement, person))
    : [];
