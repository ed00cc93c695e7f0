import type { Instant, PersonId } from '../../core/ids.ts';
import { NO_PREFERENCE, sendAt } from '../../core/message-preference.ts';
import { type ReminderReason, reminderReason } from '../../core/reviews/reminders.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { reviewersOfLines } from '../../requests/reviews/reviewers.ts';
import { personNames } from '../../requests/view.ts';
import { type ReviewNews, reviewFinished, reviewReminder } from '../cards/notices.ts';
import type { RenderedMessage } from '../cards/rendered-message.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';
import type { MessageKind, OutboxTools } from './message-kind.ts';
import { FINISHED, ownerOf, reminderPlace } from './places.ts';

/** After so long a review of which everybody was told is read again: other people may review it by now. */
const READ_AGAIN_MS = 10 * 60_000;

type Deps = Pick<BotDeps, 'ledger' | 'policy' | 'consoleUrl'>;
type Tools = Readonly<{ deps: Deps; messenger: Pick<Messenger, 'postToPerson'> }>;
type Reason = ReminderReason | typeof FINISHED;
/** The reason of which everybody was told, and until when nobody looks for more people. */
type Told = Readonly<{ reason: Reason; until: Instant }>;

/**
 * Tells reviewers of the lines that wait for them: when a review has its lines, a day before it is due, and when it is overdue. Tells whoever opened
 * it when it is finished. Nobody gets two messages for one reason, and none comes in quiet hours. The lines of a review are read when something may
 * be due: while somebody was not told the reason that holds now, and every ten minutes.
 */
export function reviews({ deps, messengerOf }: OutboxTools): MessageKind {
  const tools = { deps, messenger: messengerOf() };
  let told: ReadonlyMap<ReviewId, Told> = new Map();
  return {
    wakes: 10_000,
    late: 'a reviewer is told later',
    async take() {
      const now = await deps.ledger.now();
      const all = await deps.ledger.reviewsToTell();
      told = new Map([...told].filter(([id]) => all.some((review) => review.id === id)));
      return all.flatMap((review) => {
        const { id } = review;
        const reason = review.isFinished ? FINISHED : reminderReason(review, now);
        const before = told.get(id);
        if (before?.reason === reason && now < before.until) return [];
        const send = async () => {
          if (await postMessagesOf(tools, id, reason))
            told = new Map(told).set(id, { reason, until: (now + READ_AGAIN_MS) as Instant });
        };
        return [{ id, send }];
      });
    },
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
  const news = {
    ...{ review, nameOf },
    ...(consoleUrl === undefined ? {} : { link: `${consoleUrl}/reviews/${id}` }),
  };
  if (reason === FINISHED)
    return postOnce(tools, news, { person: review.by, place: FINISHED, message: reviewFinished(news) });
  const errors: unknown[] = [];
  let areAllPosted = true;
  for (const [person, waiting] of await waitingFor(tools.deps, id)) {
    const place = reminderPlace(reason, person);
    const message = reviewReminder(news, { waiting, reason });
    const isPosted = await postOnce(tools, news, { person, place, message }).catch(
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
  { review, nameOf }: ReviewNews,
  { person, place, message }: Message,
): Promise<boolean> {
  const user = nameOf(person).slack;
  if (user === undefined) return true;
  const { timeZone, quiet } = (await deps.ledger.readMessagePreference(person)) ?? NO_PREFERENCE;
  const quietOnly = { timeZone, weekly: false, ...(quiet ? { quiet } : {}) };
  const now = await deps.ledger.now();
  if (sendAt(quietOnly, { kind: 'can-wait' }, now) > now) return false;
  await messenger.postToPerson({ request: ownerOf(review.id), place, user, message });
  return true;
}
