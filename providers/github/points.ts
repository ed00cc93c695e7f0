import { type AttemptKind, type CallPurpose, openLimit } from '../../core/turns.ts';
import type { GitHubTarget } from './target.ts';

/**
 * How many points Curfew uses in any minute, for REST calls and queries together. GitHub takes as many of REST calls alone, and 2,000 points of
 * GraphQL besides. "Most" reads and each query cost one point, and "most" changes five ("Calculating points for the secondary rate limit"). The
 * points that a query costs of GraphQL's limit for an hour are another count, which GitHub's headers show.
 */
export const POINTS_A_MINUTE = 900;
/** So 1,800 queries at most, fewer than GitHub takes of them alone. */
const POINTS_OF_QUERY = 0.5;
/** "In general, no more than 80 content-generating requests per minute and no more than 500 content-generating requests per hour are allowed." */
const CONTENT_A_MINUTE = 80;
const CONTENT_AN_HOUR = 500;
const HOUR_MS = 3_600_000;

/** The part of a call that decides what it costs. `path` is below the API's base URL. */
type Call = Readonly<{ method: string; path: string }>;

/**
 * The points of one call. GitHub does not say which requests generate content. So each PUT and PATCH of a repository costs so much that less than 80
 * of them are made in a minute. A grant or a removal of a membership makes one PUT, and costs as much as a whole. A new token is a change, and no content.
 */
export function pointsOf({ method, path }: Call): number {
  if (path === '/graphql') return POINTS_OF_QUERY;
  if (method === 'GET') return 1;
  return method === 'DELETE' || method === 'POST' || MEMBERSHIP.test(path) ? 5 : CONTENT_POINTS;
}
const CONTENT_POINTS = Math.ceil(POINTS_A_MINUTE / CONTENT_A_MINUTE);
const MEMBERSHIP = /^\/organizations\/\d+\/team\/\d+\/memberships\/[^/]+$/;

/** The points of all calls of an attempt. A new token for an organisation is counted besides, because it serves for many attempts. */
export function attemptPoints(kind: AttemptKind, target: GitHubTarget | undefined): number {
  if (target === undefined) return READ_POINTS;
  return (kind === 'grant' ? GRANT_POINTS : END_POINTS)[target.kind];
}
const READ_POINTS = 8;
const GRANT_POINTS = { team: 16, repository: 33 };
const END_POINTS = { team: 16, repository: 26 };

const COLLABORATOR = /^\/repos\/[^/]+\/[^/]+\/collaborators\/[^/]+$/;

/**
 * True for the only call of Curfew of which GitHub says that it generates content: "This endpoint triggers notifications" ("Add a
 * repository collaborator").
 */
const isContent = ({ method, path }: Call): boolean => method === 'PUT' && COLLABORATOR.test(path);

/** The content that this process generates within an hour. No answer of GitHub says how much is left. */
export type ContentLimit = Readonly<{
  /** For how many milliseconds this call may not be made, for each purpose. Half of the limit is kept for removals (I25). */
  closedMs(call: Call): Readonly<Record<CallPurpose, number>>;
  /** This call is made now. */
  take(call: Call): void;
}>;

export function openContentLimit(now: () => number = () => performance.now()): ContentLimit {
  const limit = openLimit(CONTENT_AN_HOUR, HOUR_MS);
  const waitMs = (purpose: CallPurpose): number => limit.waitAt(purpose, now());
  return {
    closedMs: (call) =>
      isContent(call) ? { removal: waitMs('removal'), other: waitMs('other') } : { removal: 0, other: 0 },
    // The client does not know the purpose. Counted as another call, it leaves at least as much to removals.
    take(call) {
      if (isContent(call)) limit.take(now());
    },
  };
}
