import type { Click } from '../../ledger/index.ts';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, type PersonId, requestIdOf } from '../../core/ids.ts';
import {
  type LineDecisionKind,
  type ReviewId,
  reviewIdOf,
  type ReviewOrder,
} from '../../core/reviews/review.ts';
import type { RecordResult } from '../../ledger/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import type { RequestsFixture } from './requests.fixture.ts';

const DAY_MS = 86_400_000;

type Opened = Partial<ReviewOrder> & Readonly<{ by?: string; title?: string; id?: string }>;

/** The click of a person who opens a review of the last day, which is due in a week. */
export async function openReviewClick(
  { ledger }: Pick<RequestsFixture, 'ledger'>,
  { by = 'dee', title = 'The autumn review', id = uuidv7(), ...more }: Opened = {},
): Promise<Click<'open-review'>> {
  const now = await ledger.now();
  const click = clickIdOf(id);
  return {
    ...{ id: click, request: requestIdOf(click), kind: 'open-review', via: 'cli' },
    ...{ account: accountActingAs('tester', by), person: by as PersonId },
    body: {
      title,
      review: {
        ...{ scope: {}, from: (now - DAY_MS) as Instant, to: now, due: (now + 7 * DAY_MS) as Instant },
        ...more,
      },
    },
  };
}

/** Opens a review, as the dispatcher decides it. */
export async function reviewOpened(
  fixture: Pick<RequestsFixture, 'ledger' | 'deps'>,
  opened: Opened = {},
): Promise<Pick<RecordResult, 'outcome'> & Readonly<{ id: ReviewId }>> {
  const click = await openReviewClick(fixture, opened);
  return { ...(await decideClick(fixture.deps, click)), id: reviewIdOf(click.id) };
}

type Decided = Readonly<{ kind?: LineDecisionKind; by: string; note?: string; seen?: string; id?: string }>;

/** The click of a person who decides a line. */
export function lineClick(
  review: ReviewId,
  line: string,
  { kind = 'certify', by, note, seen, id = uuidv7() }: Decided,
): Click<'certify' | 'object'> {
  const click = clickIdOf(id);
  return {
    ...{ id: click, request: requestIdOf(click), kind, via: 'cli' },
    ...{ account: accountActingAs('tester', by), person: by as PersonId },
    body: {
      ...{ review, line },
      ...(note === undefined ? {} : { note }),
      ...(seen === undefined ? {} : { seen }),
    },
  };
}

/** Decides a line, as the dispatcher does it. */
export const lineDecided = (
  { deps }: Pick<RequestsFixture, 'deps'>,
  ...click: Parameters<typeof lineClick>
): Promise<Pick<RecordResult, 'outcome'>> => decideClick(deps, lineClick(...click));
