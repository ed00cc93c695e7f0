import { type Finding, parseFindingId } from '../../../core/findings/finding.ts';
import type { ClickId, Instant } from '../../../core/ids.ts';
import type { Review, ReviewId } from '../../../core/reviews/review.ts';
import type { AccessOf, RequestFacts, ReviewsPart, ReviewsVisible } from '../../../ledger/index.ts';
import { seenDigest } from '../../../requests/findings/seen-digest.ts';
import { seenLines, type SeenLine, seesWholeReview } from '../../../requests/reviews/seen-lines.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';

type Deps = Pick<ConsoleDeps, 'ledger' | 'policy'>;

/** Reviews on a page of the list. Who may see which needs their lines. */
const REVIEWS_OF_A_PAGE = 20;
const LINES_OF_A_PAGE = 50;

/** A review in a list. `waiting`: how many lines the reader can decide now. Without `isWhole` they see only their own access in it. */
export type ListedReview = Readonly<{ review: Review; waiting: number; isWhole: boolean }>;

/** A page of the list. `next` is where the following page begins. */
export type ReviewsAnswer = Readonly<{
  reviews: readonly ListedReview[];
  next?: NonNullable<ReviewsPart['before']>;
  /** Whether everything in it is about the reader. */
  isOwn: boolean;
}>;

export async function readReviewList(
  { ledger, policy }: Deps,
  { sight }: Pick<Reader, 'sight'>,
  before: ReviewsPart['before'],
): Promise<ReviewsAnswer> {
  const part = { most: REVIEWS_OF_A_PAGE + 1, ...(before ? { before } : {}) };
  const access = await accessToReview(policy, sight);
  const found = await ledger.listReviews(visibleTo(sight, access), part);
  const page = found.slice(0, REVIEWS_OF_A_PAGE);
  const ids = page.map(({ id }) => id);
  // An auditor sees every review, so of its lines only those are read that may wait for them.
  const concerning = await ledger.linesConcerning(ids, {
    person: sight.reader,
    access,
    open: sight.isAuditor,
  });
  const seen = await seenLines(policy, sight, concerning);
  const reviews = page.flatMap((review): readonly ListedReview[] => {
    const lines = seen.filter(({ line }) => line.review === review.id);
    if (lines.length === 0 && !sight.isAuditor) return [];
    const waiting = lines.filter(({ mayDecide }) => mayDecide).length;
    return [{ review, waiting, isWhole: seesWholeReview(sight, lines) }];
  });
  const last = page.at(-1);
  const next = last && found.length > page.length ? { at: last.openedAt, id: last.id } : undefined;
  if (reviews.length === 0 && next) return readReviewList({ ledger, policy }, { sight }, next);
  return { reviews, isOwn: reviews.every(({ isWhole }) => !isWhole), ...(next ? { next } : {}) };
}

/** Their own access, and what they may have to review. */
async function accessToReview(
  policy: Deps['policy'],
  { isSecurity, reader }: Reader['sight'],
): Promise<AccessOf> {
  if (isSecurity) return 'all';
  const { people, entitlements } = await policy.reviewing(reader);
  return { people: [reader, ...people], entitlements };
}

/** By what the ledger selects the reviews that somebody may see a line of. */
const visibleTo = ({ isAuditor, reader }: Reader['sight'], access: AccessOf): ReviewsVisible =>
  isAuditor || access === 'all' ? 'all' : { person: reader, ...access, withStanding: true };

/** Which lines of a review are shown. */
export const LINE_FILTERS = {
  all: 'All',
  waiting: 'Waiting for you',
  open: 'Not decided',
  objected: 'Objected to',
} as const;
export type LineFilter = keyof typeof LINE_FILTERS;

/** A line with what is shown beside it. `finding`: standing access as it is now. `seen` names what is shown of it while it is open. */
export type ShownLine = SeenLine &
  Readonly<{
    facts?: RequestFacts;
    reason?: string;
    finding?: Pick<Finding, 'state' | 'pending'>;
    seen?: string;
  }>;

/** A page of the lines of a review that the reader may see. */
export type ReviewAnswer = Readonly<{
  review: Review;
  /** False when the reader sees nothing but the lines about their own access. */
  isWhole: boolean;
  counts: Readonly<Record<LineFilter, number>>;
  lines: readonly ShownLine[];
  pages: number;
  /** The line that the reader has just decided. */
  decided?: ShownLine;
}>;

export type LineQuery = Readonly<{ show: LineFilter; page: number }>;

/** A review; undefined when there is none of which the reader may see a line. `click`: with which they have just decided one. */
export async function readReviewPage(
  deps: Deps,
  { sight }: Pick<Reader, 'sight'>,
  id: ReviewId,
  { show, page, click }: LineQuery & Readonly<{ click?: ClickId | undefined }>,
): Promise<ReviewAnswer | undefined> {
  const { ledger, policy } = deps;
  const review = await ledger.readReview(id);
  if (!review) return undefined;
  const all = await seenLines(policy, sight, await ledger.reviewLines(id));
  if (all.length === 0 && !sight.isAuditor) return undefined;
  const isWhole = seesWholeReview(sight, all);
  const of = (filter: LineFilter): readonly SeenLine[] => all.filter(FILTERS[filter]);
  const found = of(show);
  const from = (page - 1) * LINES_OF_A_PAGE;
  const ofClick = all.filter(({ line }) => click !== undefined && line.decision?.click === click);
  const [decided] = ofClick.length === 0 ? [] : await shownLines(deps, id, ofClick);
  return {
    review,
    isWhole,
    counts: {
      all: all.length,
      waiting: of('waiting').length,
      open: of('open').length,
      objected: of('objected').length,
    },
    lines: await shownLines(deps, id, found.slice(from, from + LINES_OF_A_PAGE)),
    pages: Math.max(1, Math.ceil(found.length / LINES_OF_A_PAGE)),
    ...(decided ? { decided } : {}),
  };
}

const FILTERS: Readonly<Record<LineFilter, (line: SeenLine) => boolean>> = {
  all: () => true,
  waiting: ({ mayDecide }) => mayDecide,
  open: ({ line }) => line.decision === undefined,
  objected: ({ line }) => line.decision?.kind === 'object',
};

async function shownLines(
  { ledger }: Deps,
  review: ReviewId,
  lines: readonly SeenLine[],
): Promise<readonly ShownLine[]> {
  const requests = lines.flatMap(({ line }) => (line.kind === 'grant' ? [line.request] : []));
  const [facts, reasons] = await Promise.all([
    ledger.requestFacts([...new Set(requests)]),
    ledger.objectionReasons(review),
  ]);
  const shown: ShownLine[] = [];
  for (const each of lines) {
    const { line, mayDecide } = each;
    const its = line.kind === 'grant' ? facts.find((one) => one.id === line.request) : undefined;
    const reason = line.decision && reasons.get(line.decision.click);
    const found = line.kind === 'standing' ? await findingOf(ledger, line.id) : undefined;
    const seen = mayDecide && found?.state === 'open' ? seenDigest(found) : undefined;
    shown.push({
      ...each,
      ...(its ? { facts: its } : {}),
      ...(reason === undefined ? {} : { reason }),
      ...(found ? { finding: found } : {}),
      ...(seen === undefined ? {} : { seen }),
    });
  }
  return shown;
}

async function findingOf(ledger: Deps['ledger'], id: string): Promise<Finding | undefined> {
  const finding = parseFindingId(id);
  return finding.ok ? ledger.readFinding(finding.value) : undefined;
}

const PLACE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\/(review_[0-9a-z]{26})$/;

/** Where a page of the list begins; undefined for its first page. */
export function placeIn(text: string | undefined): ReviewsPart['before'] {
  const [, at, id] = PLACE.exec(text ?? '') ?? [];
  const time = Date.parse(at ?? '');
  return id === undefined || Number.isNaN(time) ? undefined : { at: time as Instant, id };
}

/** Which lines an address names. What cannot be read is the first page of all. */
export function askedIn({ show = '', page = '' }: Readonly<Partial<Record<string, string>>>): LineQuery {
  const number = /^[1-9]\d{0,2}$/.test(page) ? Number(page) : 1;
  return { show: Object.hasOwn(LINE_FILTERS, show) ? (show as LineFilter) : 'all', page: number };
}

/** Whether the reader sees this line. */
export async function seesLine(
  { ledger, policy }: Deps,
  { sight }: Pick<Reader, 'sight'>,
  review: ReviewId,
  id: string,
): Promise<boolean> {
  const line = await ledger.readReviewLine(review, id);
  return line !== undefined && (await seenLines(policy, sight, [line])).length > 0;
}
