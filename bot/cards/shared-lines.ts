import { shortOf, type PersonId } from '../../core/ids.ts';
import type { OpenedRequest, Approver } from '../../core/request/state.ts';
import type { RequestView } from '../../requests/view.ts';
import { code, type Phrase, phrase, list, person, quoted } from '../../wording/phrase.ts';
import { statusPhrase } from '../../wording/status.ts';
import { escapedName, mrkdwn, dateMarkup, plainText } from './mrkdwn.ts';
import { pendingExtension } from '../../core/request/extension.ts';
import { currentStage } from '../../core/request/stages.ts';
import type { KnownBlock } from '@slack/types';
import { context, paragraph, quote, bulletList, bytesOf } from './elements.ts';
import { historyLines } from '../../wording/history.ts';

const ICON = {
  pending: 'hourglass_flowing_sand',
  granting: 'gear',
  active: 'large_green_circle',
  revoking: 'gear',
  closed: 'white_circle',
} as const satisfies Record<OpenedRequest['kind'], string>;

/** An icon never has a meaning of its own: the sentence after it says the same. */
export const statusIcon = ({ kind }: OpenedRequest): (typeof ICON)[OpenedRequest['kind']] => ICON[kind];

/** A message has room for what goes on at so many providers. The others are counted. */
const MOST_ELSEWHERE = 3;

/** The status of a request, as long as a message may be. */
export function shownStatus(view: RequestView): Phrase {
  const more = view.elsewhere.length - MOST_ELSEWHERE;
  const status = statusPhrase({ ...view, elsewhere: view.elsewhere.slice(0, MOST_ELSEWHERE) });
  return more > 0
    ? phrase`${status} ${[`${more} more ${more === 1 ? 'note' : 'notes'}:`]} ${code(`/access story ${shortOf(view.id)}`)}`
    : status;
}

/** The status for the text of a notification, which names people and mentions nobody. */
export const statusText = (view: RequestView): string => mrkdwn(shownStatus(view), escapedName(view.nameOf));

/** Who is asked now, and why each of them. Empty when nothing waits for a decision. */
export function approversLine(view: RequestView): string {
  const names = currentApprovers(view).map(
    (approver) => phrase`${person(approver.person)} (${quoted(approver.because)})`,
  );
  if (names.length === 0) return '';
  return plainText(phrase`Approvers: ${list(names)}.`, (who) => view.nameOf(who).name);
}

/** Why the reader is asked. Who is no approver now reads who is. */
export function ownLine(view: RequestView, reader: PersonId): string {
  const own = currentApprovers(view).find((approver) => approver.person === reader);
  return own ? `You are an approver because you ${inSecondPerson(own.because)}.` : approversLine(view);
}

/** The approvers of the current stage of what waits for a decision: the request, or its extension. */
function currentApprovers({ state }: RequestView): readonly Approver[] {
  const waiting = state.kind === 'pending' ? state : pendingExtension(state);
  return waiting ? (waiting.requirements.stages[currentStage(waiting)]?.approvers ?? []) : [];
}

/** "owns X" becomes "own X", for the sentence "you own X". */
const inSecondPerson = (because: string): string => because.replace(/^owns /, 'own ').replace(/^is /, 'are ');

/** Until when a pending request waits, and what happens then. The card of an extension says the same of it. */
export const lapseLines = ({ state }: RequestView): readonly string[] =>
  state.kind === 'pending'
    ? [
        `If nobody decides, the request ${dateMarkup(state.requirements.lapsesAt, 'lapses ')} and no access is granted.`,
      ]
    : [];

/** Bytes of one text, so that what is granted still fits on the card. */
const TEXT_BYTES = 1_000;
/** A card shows the last questions. `curfew audit story` and `/access story` have every question. */
const MOST_SHOWN = 2;

/** What approvers asked the requester and what the requester answered, for a card. */
export function questionBlocks({ questions, nameOf, state }: RequestView): readonly KnownBlock[] {
  const { requester } = state.details;
  const hidden = Math.max(questions.length - MOST_SHOWN, 0);
  return [
    ...(hidden > 0 ? [context(`and ${hidden} earlier ${hidden === 1 ? 'question' : 'questions'}`)] : []),
    ...questions
      .slice(-MOST_SHOWN)
      .flatMap(({ by, question, answer }) => [
        paragraph(phrase`${person(by)} asks:`, nameOf),
        quote(question, TEXT_BYTES),
        ...(answer === undefined
          ? []
          : [paragraph(phrase`${person(requester)} answers:`, nameOf), quote(answer, TEXT_BYTES)]),
      ]),
  ];
}

const HEADING = 'History';
const MOST_LINES = 8;
/** So that the requested access still fits on the card. */
const MOST_BYTES = 3_000;

/**
 * The last steps of a request on its card, as a list, oldest first. A request that was only made has no history yet.
 */
export function historyBlocks({ id, trail, title, nameOf }: RequestView): readonly KnownBlock[] {
  const lines = historyLines(
    trail.map(({ event }) => event),
    title,
  );
  if (lines.length < 2) return [];
  for (let shown = Math.min(lines.length, MOST_LINES); shown > 0; shown -= 1) {
    const block = bulletList([...earlier(id, lines.length - shown), ...lines.slice(-shown)], nameOf, HEADING);
    if (bytesOf([block]) <= MOST_BYTES) return [block];
  }
  return [bulletList(earlier(id, lines.length), nameOf, HEADING)];
}

const earlier = (request: string, count: number): readonly Phrase[] =>
  count === 0
    ? []
    : [
        phrase`${[count === 1 ? 'One earlier step' : `${count} earlier steps`]}: ${code(`/access story ${request}`)}`,
      ];
