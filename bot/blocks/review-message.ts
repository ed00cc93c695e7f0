import type { ReminderReason } from '../../core/reviews/reminders.ts';
import type { Review } from '../../core/reviews/review.ts';
import { finishedPhrase, reminderPhrase, reviewHintPhrase } from '../../wording/reviews.ts';
import type { Phrase } from '../../wording/phrase.ts';
import type { NameOf } from '../rich-text.ts';
import { linkLine } from './link-line.ts';
import { phraseMessage } from './phrase-message.ts';
import type { RenderedMessage } from './rendered-message.ts';

/** A review as a message shows it. `link`: its page in the console, when there is a console. */
export type ShownReview = Readonly<{ review: Review; nameOf: NameOf; link?: string }>;

/** What waits for a reviewer. */
export const reviewReminder = (
  shown: ShownReview,
  { waiting, reason }: Readonly<{ waiting: number; reason: ReminderReason }>,
): RenderedMessage => messageOf(shown, [reminderPhrase(shown.review, waiting, reason), reviewHintPhrase]);

/** How a review ended, for whoever opened it. */
export const reviewFinished = (shown: ShownReview): RenderedMessage =>
  messageOf(shown, [finishedPhrase(shown.review)]);

function messageOf({ nameOf, ...shown }: ShownReview, phrases: readonly Phrase[]): RenderedMessage {
  const { text, blocks } = phraseMessage(phrases, nameOf);
  return { text, blocks: [...blocks, ...linkLine(shown)] };
}
