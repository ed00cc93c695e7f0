import type { CardContent } from '../../core/request/shown.ts';
import type { RequestDetails, Requirements } from '../../core/request/state.ts';
import type { RequestedTarget } from '../../core/target.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';
import { digestOf } from '../files/policy-set.ts';

/** Everything that an approval is for. */
export type DigestedRequest = Readonly<{
  details: Pick<RequestDetails, 'requester' | 'entitlement' | 'minutes' | 'reasonHash'>;
  requirements: Pick<Requirements, 'stages' | 'policy'>;
  /** What is granted, and to which accounts. */
  targets: readonly RequestedTarget[];
  shown: CardContent;
}>;

/**
 * The digest that an approval names (I11). It covers what is granted, what the card shows, who approves and why, and the
 * policy. The reason is in it as a salted hash. It can be computed again from the rows of the ledger.
 */
export const requestDigest = ({ details, requirements, targets, shown }: DigestedRequest): string => {
  const { requester, entitlement, minutes, reasonHash } = details;
  const { stages, policy } = requirements;
  return digestOf({ requester, entitlement, minutes, reasonHash, stages, policy, targets, shown });
};

/** What the card of a request shows of the policy of this moment. */
export function shownOf(entitlement: Entitlement, { name, accounts }: Person): CardContent {
  const { title, about, class: sensitivity, targets } = entitlement;
  const slack = accounts['slack']?.[0];
  return {
    title,
    ...(about === undefined ? {} : { about }),
    class: sensitivity,
    requester: { name, ...(slack === undefined ? {} : { slack }) },
    targets: targets.map(({ described }) => described),
  };
}
