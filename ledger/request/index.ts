import type { Bound } from '../bind.ts';
import {
  openRequestsFor,
  openRequestsOf,
  closedRequestsOf,
  liveRequests,
  requestsClosedLately,
  attemptsRefusedLately,
} from './access-questions.ts';
import { readFreeText, readQuestions } from './free-texts.ts';
import { overLimits } from '../clicks/person-limits.ts';
import { record, recordRefusal, readState, readTrail } from './record.ts';
import { listWithDecisions } from './request-list.ts';
import { searchSql, searchRequests, countSearched } from './request-search.ts';
import {
  open,
  readTargets,
  readShown,
  listRequests,
  countRequests,
  requestsEndingIn,
  countOpenRequests,
  openRequestsByRequester,
  overdueRequests,
  stuckGrants,
} from './requests.ts';
import { salted } from '../salted-text.ts';

/** The part of the ledger about requests: their steps, and lists of them. */
export const REQUESTS = {
  query: {
    readState,
    readTrail,
    readFreeText,
    readQuestions,
    readTargets,
    readShown,
    listRequests,
    listWithDecisions,
    countRequests,
    requestsEndingIn,
    countOpenRequests,
    openRequestsFor,
    openRequestsOf,
    closedRequestsOf,
    liveRequests,
    requestsClosedLately,
    attemptsRefusedLately,
    searchRequests,
    countSearched,
    openRequestsByRequester,
    overdueRequests,
    stuckGrants,
    overLimits,
  },
  tx: { open, record, recordRefusal },
  pure: { salted, searchSql },
};

export interface RequestLedger extends Bound<typeof REQUESTS> {}
