import type { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import type { Instant, PersonId, RequestId } from '../core/ids.ts';
import { NO_PREFERENCE, sendAt } from '../core/message-preference.ts';
import { reminderReason } from '../core/reviews/reminders.ts';
import type { Review, ReviewId } from '../core/reviews/review.ts';
import { reviewersOfLines } from '../requests/reviews/reviewers.ts';
import { personNames } from '../requests/view.ts';
import { reviewFinished, reviewReminder, type ShownReview } from './blocks/review-message.ts';
import type { RenderedMessage } from './blocks/rendered-message.ts';
import type { BotDeps } from './deps.ts';
import { lookAgain } from './look-again.ts';
import type { Messenger } from './messenger.ts';
import { messengerFor } from './messenger-for.ts';
import { type Pace, UNPACED } from './pace.ts';
import { FINISHED, reminderPlace } from './places.ts';

const LOOK_MS = 10_000;

type Deps = Pick<BotDeps, 'ledger' | 'policy' | 'consoleUrl'>;
type Tools = Readonly<{ deps: Deps; messenger: Pick<Messenger, 'postToPerson'> }>;

/**
 * Tells reviewers of the lines that wait for them: when a review has its lines, a day before it is due, and when it is overdue. Tells whoever opened
 * it when it is finished. Nobody gets two messages for one reason, and none comes in quiet hours.
 */
export function startReviewMessages(
  deps: BotDeps,
  client: WebClient,
  pace: Pace = UNPACED,
): Readonly<{ stop(): Promise<void> }> {
  const messenger = messengerFor(deps, client, pace)();
  return lookAgain(() => tellOfReviews(deps, messenger), {
    everyMs: LOOK_MS,
    onError: (error) => deps.warn(`a reviewer is told later: ${messageOf(error)}`),
  });
}

/** Sends what is due at this moment. A review whose messages cannot be sent keeps no other one from its turn, and then it throws. */
export async function tellOfReviews(deps: Deps, messenger: Tools['messenger']): Promise<void> {
  const tools = { deps, messenger };
  const errors: unknown[] = [];
  const nameOf = personNames(await deps.policy.lastKnown());
  for (const review of await deps.ledger.reviewsToTell()) {
    const { consoleUrl } = deps;
    const shown = {
      ...{ review, nameOf },
      ...(consoleUrl === undefined ? {} : { link: `${consoleUrl}/reviews/${review.id}` }),
    };
    const sent =
      review.finishedAt === undefined
        ? tellReviewers(tools, shown)
        : tell(tools, shown, { person: review.by, place: FINISHED, message: reviewFinished(shown) });
    await sent.catch((error: unknown) => void errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

async function tellReviewers(tools: Tools, shown: ShownReview): Promise<void> {
  const { ledger } = tools.deps;
  const { review } = shown;
  const reason = reminderReason(review, await ledger.now());
  for (const [person, waiting] of await waitingFor(tools.deps, review.id)) {
    const place = reminderPlace(reason, person);
    await tell(tools, shown, { person, place, message: reviewReminder(shown, { waiting, reason }) });
  }
}

/** How many lines wait for each reviewer. */
async function waitingFor(
  { ledger, policy }: Deps,
  review: ReviewId,
): Promise<ReadonlyMap<PersonId, number>> {
  const reviewersOf = reviewersOfLines(policy);
  const waiting = new Map<PersonId, number>();
  for (const line of await ledger.reviewLines(review)) {
    if (line.decision) continue;
    const { reviewers } = await reviewersOf(line);
    for (const person of reviewers) waiting.set(person, (waiting.get(person) ?? 0) + 1);
  }
  return waiting;
}

type Told = Readonly<{ person: PersonId; place: string; message: RenderedMessage }>;

/** Posts a message once in its place, unless the person has quiet hours now. Then a later look posts it. */
async function tell(
  { deps, messenger }: Tools,
  { review, nameOf }: ShownReview,
  { person, place, message }: Told,
): Promise<void> {
  const user = nameOf(person).slack;
  if (user === undefined || !(await isAwake(deps, person, await deps.ledger.now()))) return;
  await messenger.postToPerson({ request: placesOf(review), place, user, message });
}

/** The messages of a review are remembered like those of a request, under its own id. */
const placesOf = ({ id }: Pick<Review, 'id'>): RequestId => id as string as RequestId;

async function isAwake({ ledger }: Deps, person: PersonId, now: Instant): Promise<boolean> {
  const { timeZone, quiet } = (await ledger.readMessagePreference(person)) ?? NO_PREFERENCE;
  const quietOnly = { timeZone, weekly: false, ...(quiet ? { quiet } : {}) };
  return sendAt(quietOnly, { kind: 'can-wait' }, now) <= now;
}
