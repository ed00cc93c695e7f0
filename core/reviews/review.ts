import { type Brand, type ClickId, type Instant, type PersonId, type RequestId } from '../ids.ts';
import { no, ok, type Result } from '../result.ts';
import type { ApprovedBy } from './approvals.ts';

/** A review of access: a period and a scope, whose accesses somebody certifies or objects to, one by one. */
export type ReviewId = Brand<string, 'ReviewId'>;

const REVIEW_ID = /^review_[0-9a-hjkmnp-tv-z]{26}$/;
export const parseReviewId = (text: string): Result<ReviewId, string> =>
  REVIEW_ID.test(text) ? ok(text as ReviewId) : no(`not the id of a review: "${text.slice(0, 80)}"`);

/** One click opens one review, however often it is decided. */
export const reviewIdOf = (click: ClickId): ReviewId => click.replace('click_', 'review_') as ReviewId;
export const clickIdOfReview = (id: ReviewId): ClickId => id.replace('review_', 'click_') as ClickId;

/** The keys that a scope may have. They are keys of the search that say something about access. */
export const SCOPE_KEYS = ['person', 'approver', 'entitlement', 'provider'] as const;
export type ScopeKey = (typeof SCOPE_KEYS)[number];

/** Which access is reviewed, by ids. Every key must hold, and of a key with several ids one of them. Without a key it is all access. */
export type ReviewScope = Readonly<Partial<Record<ScopeKey, readonly string[]>>>;

/** What is reviewed. `wanted`: how many lines the sample has at most. Left out: every access is a line. */
export type ReviewOrder = Readonly<{
  scope: ReviewScope;
  from: Instant;
  to: Instant;
  due: Instant;
  wanted?: number;
}>;

/** A review with how far it is. Nothing is reviewed until the sample is drawn, so `lines` is zero until then. */
export type Review = ReviewOrder &
  Readonly<{
    id: ReviewId;
    by: PersonId;
    title: string;
    openedAt: Instant;
    population: number;
    lines: number;
    certified: number;
    objected: number;
    finishedAt?: Instant;
  }>;

/** What somebody decides about a line. */
export type LineDecisionKind = 'certify' | 'object';

/** Access in a review: what Curfew granted, or standing access that it found. */
export type ReviewLine = Readonly<{
  review: ReviewId;
  position: number;
  /** The lease, or the finding. */
  id: string;
  provider: string;
  target: string;
  /** The account at the provider; undefined when it is not known any more. */
  account?: string;
  level: string;
  /** Every approval that it rests on now, with extensions, or the adoption of standing access, also when that was not carried out yet. */
  approvals: readonly ApprovedBy[];
  since: Instant;
  /** Left out while it is held. */
  until?: Instant;
  decision?: Readonly<{ kind: LineDecisionKind; by: PersonId; at: Instant; click: ClickId }>;
}> &
  (
    | Readonly<{
        kind: 'grant';
        person: PersonId;
        entitlement: string;
        request: RequestId;
        plannedEnd?: Instant;
      }>
    /** `leaseOf`: whose lease left it. */
    | Readonly<{ kind: 'standing'; leaseOf?: PersonId }>
  );
