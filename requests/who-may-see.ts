import type { PersonId } from '../core/ids.ts';
import type { VisibleRequests } from '../ledger/index.ts';
import type { Sight } from '../policy/index.ts';

/** Who has to do with a request: its requester, and everybody whom it names as an approver in any stage. */
export type PeopleOfRequest = Readonly<{
  requester: PersonId;
  entitlement: string;
  approvers: readonly PersonId[];
}>;

/** Who holds an entitlement: for auditors, its owner, and whoever can approve a request for it. */
export const maySeeHolders = ({ isAuditor, owns, approves }: Sight, entitlement: string): boolean =>
  isAuditor || owns.has(entitlement) || approves.has(entitlement);

/** What a person holds: for that person, their manager, and auditors. */
export const maySeeAccessOf = ({ isAuditor, reader, manages }: Sight, person: PersonId): boolean =>
  isAuditor || reader === person || manages.has(person);

/** The events of a request: for its requester, its named approvers, the owner of its entitlement, and auditors. */
export const maySeeStory = (
  { isAuditor, reader, owns }: Sight,
  { requester, entitlement, approvers }: PeopleOfRequest,
): boolean => isAuditor || reader === requester || approvers.includes(reader) || owns.has(entitlement);

/** A request in a list of live access: for security people too, who can end all of it. */
export const maySeeLive = (sight: Sight, request: PeopleOfRequest): boolean =>
  sight.isSecurity || maySeeListed(sight, request);

/** The same as `maySeeLive`, for the ledger to select by. */
export const liveVisibleTo = (sight: Sight): VisibleRequests => (sight.isSecurity ? 'all' : visibleTo(sight));

/** A request in a list: for everybody who may see it as an answer to one of the questions above. */
const maySeeListed = (sight: Sight, request: PeopleOfRequest): boolean =>
  maySeeHolders(sight, request.entitlement) ||
  maySeeAccessOf(sight, request.requester) ||
  maySeeStory(sight, request);

/** The same as `maySeeListed`, for the ledger to select by. */
export const visibleTo = ({ isAuditor, reader, manages, owns, approves }: Sight): VisibleRequests =>
  isAuditor
    ? 'all'
    : { reader, requesters: [reader, ...manages], entitlements: [...new Set([...owns, ...approves])] };

/** The same as `maySeeStory`, for the ledger to select by. */
export const storiesVisibleTo = ({ isAuditor, reader, owns }: Sight): VisibleRequests =>
  isAuditor ? 'all' : { reader, requesters: [reader], entitlements: [...owns] };
