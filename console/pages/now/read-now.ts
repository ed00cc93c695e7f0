import { openCheckpoint } from '../../../audit/note/open.ts';
import type { Instant } from '../../../core/ids.ts';
import type { OverdueLease, RequestFacts, RequestFilter } from '../../../ledger/index.ts';
import { liveVisibleTo } from '../../../requests/who-may-see.ts';
import type { Review } from '../../../core/reviews/review.ts';
import { seenLines } from '../../../requests/reviews/seen-lines.ts';
import type { ConsoleDeps, Health } from '../../deps.ts';
import type { Reader } from '../../reader.ts';

/** The requests that a list shows, and how many there are. */
export type RequestList = Readonly<{ requests: readonly RequestFacts[]; count: number }>;

/** The newest published checkpoint. `problem` says why it does not count; left out when a key of the log signed it. */
export type NewestCheckpoint = Readonly<{ size: number; publishedAt: Instant; problem?: string }>;

/** What is now, as far as the reader may see it. */
export type NowAnswer = Readonly<{
  live: RequestList;
  pending: RequestList;
  /** Requests of the reader with a question that waits for their answer. */
  asked: readonly RequestFacts[];
  /** Reviews with lines that wait for the reader. */
  reviews: readonly WaitingReview[];
  /** Access past its end that is not known to be gone. */
  overdue: readonly OverdueLease[];
  health: readonly Health[];
  checkpoint: NewestCheckpoint | undefined;
}>;

const MOST = 50;
const PART = { from: 0, most: MOST } as const;

export async function readNow(
  deps: ConsoleDeps,
  { sight, person }: Pick<Reader, 'sight' | 'person'>,
): Promise<NowAnswer> {
  const { ledger } = deps;
  const [live, pending, own, reviews, overdue, health, newest] = await Promise.all([
    ledger.liveRequests(liveVisibleTo(sight), PART),
    pendingFor(deps, { sight, person }),
    ledger.listRequests({ requester: person, states: ['pending'], limit: MOST }),
    waitingReviews(deps, { sight }),
    sight.isAuditor || sight.isSecurity ? ledger.overdueLeases() : [],
    deps.health(),
    ledger.newestCheckpoint(),
  ]);
  const facts = new Map(
    (await ledger.requestFacts([...live.requests, ...pending.requests, ...own.map(({ id }) => id)])).map(
      (each) => [each.id, each],
    ),
  );
  const shown = ({ requests, count }: typeof live): RequestList => ({
    requests: requests.flatMap((id) => facts.get(id) ?? []),
    count,
  });
  return {
    live: shown(live),
    pending: shown(pending),
    asked: own.flatMap(({ id }) => facts.get(id) ?? []).filter(({ askedBy }) => askedBy !== null),
    reviews,
    overdue,
    health,
    checkpoint: newest && {
      size: newest.size,
      publishedAt: newest.publishedAt,
      ...problemOf(newest.note, deps.logKeys),
    },
  };
}

/** Why the note of a checkpoint does not count; empty when a key of the log signed it. */
function problemOf(note: string, logKeys: ConsoleDeps['logKeys']): Readonly<{ problem?: string }> {
  if (logKeys.length === 0)
    return { problem: 'this console has no public key of the log (CURFEW_LOG_PUBLIC_KEYS)' };
  const opened = openCheckpoint(note, logKeys);
  return opened.ok ? {} : { problem: opened.error };
}

/** What waits for an answer: everything for an auditor, else what waits for the reader, and their own. */
async function pendingFor(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  { sight, person }: Pick<Reader, 'sight' | 'person'>,
) {
  const filters: readonly RequestFilter[] = sight.isAuditor
    ? [{ isWaiting: true }]
    : [
        { isWaiting: true, waitingFor: person },
        { isWaiting: true, requester: person },
      ];
  const found = await Promise.all(
    filters.map(async (filter) => ({
      requests: await ledger.listRequests({ ...filter, limit: MOST }),
      count: await ledger.countRequests(filter),
    })),
  );
  return {
    requests: found.flatMap(({ requests }) => requests.map(({ id }) => id)),
    count: found.reduce((sum, { count }) => sum + count, 0),
  };
}

/** A review with how many of its lines the reader can decide now. */
export type WaitingReview = Readonly<{ review: Review; waiting: number }>;

/**
 * Only so many undecided lines are read, those that are due first, before it is known who may decide them. So lines of later reviews can be missing
 * here. They are on the page of their review.
 */
const MOST_LINES = 2000;

/** The reviews with lines that wait for the reader, the one that is due first before the others. */
export async function waitingReviews(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight }: Pick<Reader, 'sight'>,
): Promise<readonly WaitingReview[]> {
  const access = sight.isSecurity ? 'all' : await policy.reviewing(sight.reader);
  if (access !== 'all' && access.people.length + access.entitlements.length === 0) return [];
  const lines = await ledger.undecidedLines(access, MOST_LINES);
  const mine = (await seenLines(policy, sight, lines)).filter(({ mayDecide }) => mayDecide);
  const found: WaitingReview[] = [];
  for (const id of new Set(mine.map(({ line }) => line.review))) {
    const review = await ledger.readReview(id);
    if (review) found.push({ review, waiting: mine.filter(({ line }) => line.review === id).length });
  }
  return found;
}
