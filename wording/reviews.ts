import type { ReminderReason } from '../core/reviews/reminders.ts';
import type { Review } from '../core/reviews/review.ts';
import { code, emphasis, instant, person, type Phrase, phrase, quoted } from './phrase.ts';

type Named = Pick<Review, 'title' | 'by' | 'due'>;

/** How many lines wait for a reviewer, and until when. */
export function reminderPhrase({ title, by, due }: Named, waiting: number, reason: ReminderReason): Phrase {
  const name = emphasis(quoted(title));
  const lines = [`${waiting} ${waiting === 1 ? 'line waits' : 'lines wait'} for you.`];
  switch (reason) {
    case 'opened':
      return phrase`${person(by)} opened the review of access ${name}. ${lines} ${instant(due, 'It is due ')}.`;
    case 'soon':
      return phrase`The review of access ${name} is due soon. ${lines} ${instant(due, 'It is due ')}.`;
    case 'overdue':
      return phrase`The review of access ${name} is overdue. ${lines} ${instant(due, 'It was due ')}.`;
  }
}

/** What a reviewer does there. */
export const reviewHintPhrase: Phrase = phrase`Certify each access that is right, and object to each that is not. An objection ends access that is live.`;

/** How a review ended, for whoever opened it. */
export const finishedPhrase = ({
  id,
  title,
  certified,
  objected,
}: Pick<Review, 'id' | 'title' | 'certified' | 'objected'>): Phrase =>
  phrase`The review of access ${emphasis(quoted(title))} is finished: ${[`${certified} certified, ${objected} objected to`]}. ${code(`curfew audit review ${id} --out ./review`)} makes a folder with its proofs.`;
