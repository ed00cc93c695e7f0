import type { PersonId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { readRequestView, type RequestView, type ViewDeps } from './view.ts';

/**
 * The requests of a person for this entitlement that are pending, being granted or active, newest first. While access is
 * being revoked, a new request is the way to have it again, so such a request is not among them.
 */
export async function readOpenRequestsFor(
  deps: ViewDeps,
  person: PersonId,
  entitlement: string,
): Promise<readonly RequestView[]> {
  const open = await deps.ledger.listRequests({
    requester: person,
    states: ['pending', 'granting', 'active'],
    limit: LIMITS.openRequestsPerPerson,
  });
  const same = open.filter((each) => each.entitlement === entitlement);
  const views = await Promise.all(same.map(({ id }) => readRequestView(deps, id)));
  return views.flatMap((view) => view ?? []);
}
