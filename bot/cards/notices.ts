import type { PersonId } from '../../core/ids.ts';
import { isLocked, type MassEnding } from '../../core/mass-ending.ts';
import type { ReminderReason } from '../../core/reviews/reminders.ts';
import type { Review } from '../../core/reviews/review.ts';
import type { RequestView } from '../../requests/view.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import {
  elsewhereOf,
  type EndingProgress,
  latePhrase,
  lockStatePhrase,
  massEndingPhrase,
  progressPhrase,
} from '../../wording/mass-endings.ts';
import {
  code,
  duration,
  emphasis,
  instant,
  list,
  person,
  type Phrase,
  phrase,
  quoted,
} from '../../wording/phrase.ts';
import { finishedPhrase, reminderPhrase, reviewHintPhrase } from '../../wording/reviews.ts';
import { statusPhrase } from '../../wording/status.ts';
import { context, header, moreLine, paragraph } from './elements.ts';
import { linkLine, phraseMessage, type RenderedMessage } from './rendered-message.ts';
import { type NameOf, withoutMentions } from './rich-text.ts';

/** A message has room for fifty blocks, and each entry is one of at most a few hundred bytes. */
const MOST = 15;

/** News of several requests of one person, in one message. Each request keeps its own message with its buttons. */
export const digestMessage = (views: readonly RequestView[]): RenderedMessage => ({
  text: `News of ${views.length} of your requests.`,
  blocks: [
    header(`News of ${views.length} of your requests`),
    ...views
      .slice(0, MOST)
      .map((view) =>
        paragraph(
          phrase`${emphasis(quoted(view.title))}: ${statusPhrase(view)}`,
          withoutMentions(view.nameOf),
        ),
      ),
    ...moreLine(views.length - MOST, '`/access list` and your *Home* tab show them'),
    context('Each request has its own message above, with its buttons.'),
  ],
});

/** What a person approved in a week, and what became of it, oldest first. `from` and `to` are the first and the last instant. */
export function weeklySummary(
  views: readonly RequestView[],
  { from, to }: Readonly<{ from: number; to: number }>,
): RenderedMessage {
  const live = views.filter(({ state }) => state.kind === 'active').length;
  const count = `${views.length} ${views.length === 1 ? 'request' : 'requests'}`;
  return {
    text: `You approved ${count} in the last week.`,
    blocks: [
      header(`You approved ${count} in the last week`),
      paragraph(
        phrase`${instant(from, 'From ')}${instant(to, ' until ')}. ${[live === 0 ? 'No access of them is active now.' : `${live} of them ${live === 1 ? 'is' : 'are'} active now.`]}`,
      ),
      ...views.slice(0, MOST).map((view) => paragraph(linePhrase(view), withoutMentions(view.nameOf))),
      ...moreLine(views.length - MOST, '`curfew list` shows them'),
      context('You can turn this summary off: *Home*, _When I get messages_.'),
    ],
  };
}

const linePhrase = (view: RequestView): Phrase => {
  const { requester, minutes } = view.state.details;
  return phrase`${emphasis(quoted(view.title))} for ${person(requester)}, ${duration(minutes)}: ${statusPhrase(view)}`;
};

/** How many late accesses are named. */
const LATE_SHOWN = 5;

type MassEndingNews = Readonly<{ massEnding: MassEnding; progress: EndingProgress }>;

/** Who ended what and why, how far it is, what is late and why, and whether a lock holds. */
export function massEndingMessage({ massEnding, progress }: MassEndingNews, nameOf: NameOf): RenderedMessage {
  const { lock } = massEnding;
  const lines: Phrase[] = [
    massEndingPhrase(massEnding),
    progressPhrase(progress),
    ...elsewhereOf(progress).map(elsewherePhrase),
    ...progress.late.slice(0, LATE_SHOWN).map((each) => phrase`Late: ${latePhrase(each)}`),
    ...(isLocked(massEnding)
      ? [
          phrase`Nothing of it is granted until the lock is lifted (${code('curfew locks')}). ${lockStatePhrase(massEnding)}`,
        ]
      : lock
        ? [phrase`The lock is lifted, so it can be granted again. ${lockStatePhrase(massEnding)}`]
        : []),
  ];
  return phraseMessage(lines, nameOf);
}

/** So many people seem to have left at once that a person must confirm it. */
export const heldLeaversMessage = (
  {
    people,
    accounts,
    of,
  }: Readonly<{ people: readonly PersonId[]; accounts: readonly string[]; of: number }>,
  nameOf: NameOf,
): RenderedMessage =>
  phraseMessage(
    [
      phrase`${[`${people.length + accounts.length} of ${of}`]} people who have or wait for access are not active in ${code('people.yaml')}: ${list([...people.map((each) => person(each)), ...accounts.map((each) => code(each))])}.`,
      phrase`So many at once are more likely a broken file than people who left, so nothing of theirs is ended. Mend the file. If they really left, confirm it with ${code('/access end leavers')} or ${code('curfew end --leavers')}.`,
    ],
    nameOf,
  );

/** A review as a message shows it. `link`: its page in the console, when there is a console. */
export type ReviewNews = Readonly<{ review: Review; nameOf: NameOf; link?: string }>;

/** What waits for a reviewer. */
export const reviewReminder = (
  shown: ReviewNews,
  { waiting, reason }: Readonly<{ waiting: number; reason: ReminderReason }>,
): RenderedMessage => reviewMessage(shown, [reminderPhrase(shown.review, waiting, reason), reviewHintPhrase]);

/** How a review ended, for whoever opened it. */
export const reviewFinished = (shown: ReviewNews): RenderedMessage =>
  reviewMessage(shown, [finishedPhrase(shown.review)]);

function reviewMessage({ nameOf, ...shown }: ReviewNews, phrases: readonly Phrase[]): RenderedMessage {
  const { text, blocks } = phraseMessage(phrases, nameOf);
  return { text, blocks: [...blocks, ...linkLine(shown)] };
}
