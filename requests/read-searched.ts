import type { PersonId } from '../core/ids.ts';
import type { SearchScope } from './find-entitlements.ts';
import type { ViewDeps } from './view.ts';

/** How many of a person's newest requests say what they request most. */
const HISTORY = 200;

/** Where this person searches for what to request. */
export async function readSearched({ ledger, policy }: ViewDeps, person: PersonId): Promise<SearchScope> {
  const [requestable, set, history] = await Promise.all([
    policy.requestableBy(person),
    policy.lastKnown(),
    ledger.listRequests({ requester: person, limit: HISTORY }),
  ]);
  return {
    requestable,
    accounts: set?.directory.people.get(person)?.accounts ?? {},
    history: history.map(({ entitlement }) => entitlement),
  };
}
