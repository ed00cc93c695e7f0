import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../core/faults.ts';
import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import { NO_PREFERENCE, sendAt } from '../../core/message-preference.ts';
import { type ReminderReason, reminderReason } from '../../core/reviews/reminders.ts';
import type { Review, ReviewId } from '../../core/reviews/review.ts';
import { reviewersOfLines } from '../../requests/reviews/reviewers.ts';
import { personNames } from '../../requests/view.ts';
import { type RenderedMessage, phraseMessage, linkLine } from '../cards/rendered-message.ts';
import type { BotDeps } from '../deps.ts';
import { lookAgain } from './look-again.ts';
import type { Messenger } from './messenger.ts';
import { messengerFor } from './messenger-for.ts';
import { type Pace, UNPACED } from './pace.ts';
import { FINISHED, reminderPlace } from './places.ts';
import { finishedPhrase, reminderPhrase, reviewHintPhrase } from '../../wording/reviews.ts';
import type { Phrase } from '../../wording/phrase.ts';
import type { NameOf } from '../cards/rich-text.ts';

const LOOK_MS = 10_000;
/** After so long a review of which everybody was told is read again: other people may review it by now. */
const READ_AGAIN_MS = 10 * 60_000;

type Deps = Pick<BotDeps, 'ledger' | 'policy' | 'consoleUrl'>;
type Tools = Readonly<{ deps: Deps; messenger: Pick<Messenger, 'postToPerson'> }>;
/** What everybody was told of a review, and until when nobody looks for more. */
type Told = Readonly<{ reason: Reason; until: Instant }>;
type Reason = ReminderReason | typeof FINISHED;

/**
 * Tells reviewers of the lines that wait for them: when a review has its lines, a day before it is due, and when it is overdue. Tells whoever opened
 * it when it is finished. Nobody gets two messages for one reason, and none comes in quiet hours.
 */
export function startReviewMessages(
  deps: BotDeps,
  client: WebClient,
  pace: Pace = UNPACED,
): Readonly<{ stop(): Promise<void> }> {
  return lookAgain(postDueMessages(deps, messengerFor(deps, client, pace)()), {
    everyMs: LOOK_MS,
    onError: (error) => deps.warn(`a reviewer is told later: ${messageOf(error)}`),
  });
}

/**
 * Makes a function that posts all messages that are due about reviews. When one cannot be posted, it posts the others and then throws. The
 * lines of a review are read when something may be due: while somebody was not told the reason that holds now, and every ten minutes.
 */
export function postDueMessages(deps: Deps, messenger: Tools['messenger']): () => Promise<void> {
  const tools = { deps, messenger };
  let told: ReadonlyMap<ReviewId, Told> = new Map();
  return async () => {
    const errors: unknown[] = [];
    const now = await deps.ledger.now();
    const next = new Map<ReviewId, Told>();
    for (const review of await deps.ledger.reviewsToTell()) {
      const reason = review.isFinished ? FINISHED : reminderReason(review, now);
      const before = told.get(review.id);
      if (before?.reason === reason && now < before.until) next.set(review.id, before);
      else if (
        await postMessagesOf(tools, review.id, reason).catch((error: unknown) => void errors.push(error))
      )
        next.set(review.id, { reason, until: (now + READ_AGAIN_MS) as Instant });
    }
    told = next;
    if (errors.length > 0) throw errors[0];
  };
}

/**
 * Posts the messages that are due about a review. Returns false when one was delayed by quiet hours. When one cannot be posted, it posts the
 * others and then throws.
 */
async function postMessagesOf(tools: Tools, id: ReviewId, reason: Reason): Promise<boolean> {
  const { ledger, policy, consoleUrl } = tools.deps;
  const review = await ledger.readReview(id);
  if (!review) return true;
  const nameOf = personNames(await policy.lastKnown());
  const shown = {
    ...{ review, nameOf },
    ...(consoleUrl === undefined ? {} : { link: `${consoleUrl}/reviews/${id}` }),
  };
  if (reason === FINISHED)
    return postOnce(tools, shown, { person: review.by, place: FINISHED, message: reviewFinished(shown) });
  const errors: unknown[] = [];
  let areAllPosted = true;
  for (const [person, waiting] of await waitingFor(tools.deps, id)) {
    const place = reminderPlace(reason, person);
    const message = reviewReminder(shown, { waiting, reason });
    const isPosted = await postOnce(tools, shown, { person, place, message }).catch(
      (error: unknown) => void errors.push(error),
    );
    areAllPosted = isPosted === true && areAllPosted;
  }
  if (errors.length > 0) throw errors[0];
  return areAllPosted;
}

/** How many lines wait for each reviewer. */
async function waitingFor(
  { ledger, policy }: Deps,
  review: ReviewId,
): Promise<ReadonlyMap<PersonId, number>> {
  const waiting = new Map<PersonId, number>();
  const open = (await ledger.reviewLines(review)).filter(({ decision }) => decision === undefined);
  for (const { reviewers } of await reviewersOfLines(policy, open)) {
    for (const person of reviewers.reviewers) waiting.set(person, (waiting.get(person) ?? 0) + 1);
  }
  return waiting;
}

type Message = Readonly<{ person: PersonId; place: string; message: RenderedMessage }>;

/**
 * Posts a message once in its place. Returns false when the person has quiet hours, so that a later look posts it. Returns true without a
 * message when the person has no account in Slack.
 */
async function postOnce(
  { deps, messenger }: Tools,
  { review, nameOf }: ShownReview,
  { person, place, message }: Message,
): Promise<boolean> {
  const user = nameOf(person).slack;
  if (user === undefined) return true;
  if (!(await isAwake(deps, person, await deps.ledger.now()))) return false;
  await messenger.postToPerson({ request: placesOf(review), place, user, message });
  return true;
}

/** The messages of a review are remembered like those of a request, under its own id. */
const placesOf = ({ id }: Pick<Review, 'id'>): RequestId => id as string as RequestId;

async function isAwake({ ledger }: Deps, person: PersonId, now: Instant): Promise<boolean> {
  const { timeZone, quiet } = (await ledger.readMessagePreference(person)) ?? NO_PREFERENCE;
  const quietOnly = { timeZone, weekly: false, ...(quiet ? { quiet } : {}) };
  return sendAt(quietOnly, { kind: 'can-wait' }, now) <= now;
}

/** A review as a message shows it. `link`: its page in the console, when there is a console. */
export type ShownReview = Readonly<{ review: Review; nameOf: NameOf; link?: string }>;

/** What waits for a reviewer. */
export const reviewReminder = (
  shown: ShownReview,
  { waiting, reason }: Readonly<{ waiting: number; reason: ReminderReason }>,
): RenderedMessage => reviewMessage(shown, [reminderPhrase(shown.review, waiting, reason), reviewHintPhrase]);

/** How a review ended, for whoever opened it. */
export const reviewFinished = (shown: ShownReview): RenderedMessage =>
  reviewMessage(shown, [finishedPhrase(shown.review)]);

function reviewMessage({ nameOf, ...shown }: ShownReview, phrases: readonly Phrase[]): RenderedMessage {
  const { text, blocks } = phraseMessage(phrases, nameOf);
  return { text, blocks: [...blocks, ...linkLine(shown)] };
}
