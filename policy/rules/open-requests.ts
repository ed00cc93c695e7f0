import { LIMITS } from '../../core/limits.ts';
import { pass, refuse, type Rule } from './rule.ts';

const LIMIT = LIMITS.openRequestsPerPerson;

/** The requester has room for one more open request (T30). */
export const openRequests: Rule = {
  id: 'open-requests',
  wanted: `The requester has fewer than ${LIMIT} open requests.`,
  judge: ({ submission }) => {
    const count = submission.openRequests;
    const saw = `The requester has ${count} open ${count === 1 ? 'request' : 'requests'}.`;
    // A count of NaN is not below the limit, so the rule refuses.
    return count < LIMIT ? pass(saw) : refuse({ code: 'too-many-open' }, saw);
  },
};
