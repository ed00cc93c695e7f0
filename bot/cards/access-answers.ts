import type { KnownBlock } from '@slack/types';
import type { Sight } from '../../policy/index.ts';
import type { AccessList, AccessOf, Holders } from '../../requests/access-questions.ts';
import type { RequestView, RequestPage } from '../../requests/view.ts';
import { accessOfHeading, accessRow, holderRow, ownRow } from '../../wording/access-answers.ts';
import { emphasis, type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { escapedName, mrkdwn } from './mrkdwn.ts';
import type { NameOf } from './rich-text.ts';
import { context, moreLine, paragraph, partLine } from './elements.ts';
import { fittingBlocks, type RenderedMessage } from './rendered-message.ts';
import { type OtherAccess, otherBlocks } from './past-answers.ts';
import { approverCard } from './request-cards.ts';
import type { PersonId } from '../../core/ids.ts';

/** How many requests one answer lists. Slack takes 50 blocks; the bytes of a message are the limit before that. */
export const ANSWER_ENTRIES = 20;
/** How many closed requests `/access mine` lists. */
export const CLOSED_ENTRIES = 10;
/** How many cards `/access waiting` shows, each as a message. Slack takes five answers to one command. */
export const WAITING_CARDS = 4;

/** The answer to `/access who <entitlement>`. */
export function holdersMessage(
  { entitlement, title, open }: Holders,
  other: OtherAccess,
  nameOf: NameOf,
): RenderedMessage {
  const heading = phrase`${emphasis(quoted(title))}: ${[counted(open)]}`;
  return listMessage({
    heading,
    list: open,
    draw: holderRow,
    nameOf,
    ifEmpty:
      'Nobody has it through Curfew now, and nobody waits for it. Ended access is not in this list: `/access story` shows a whole request.',
    command: `/access who ${entitlement}`,
    other,
  });
}

/** The answer to `/access who has <person>`. */
export const accessOfMessage = (
  { person, open }: AccessOf,
  other: OtherAccess,
  nameOf: NameOf,
): RenderedMessage =>
  listMessage({
    heading: phrase`${emphasis(accessOfHeading(person))}: ${[counted(open)]}`,
    list: open,
    draw: ownRow,
    nameOf,
    ifEmpty: 'They have no access through Curfew now, and no request of theirs is pending.',
    command: `/access who has ${person}`,
    other,
  });

type SeesLive = Pick<Sight, 'isAuditor' | 'isSecurity'>;

/** The answer to `/access live`. */
export const liveMessage = (list: AccessList, nameOf: NameOf, sight: SeesLive): RenderedMessage =>
  listMessage({
    heading: phrase`${emphasis(['Live access'])}: ${[String(list.count)]}, the soonest end first`,
    list,
    draw: accessRow,
    nameOf,
    ifEmpty: 'Nothing that you can see is live now.',
    command: '/access live',
    note: liveNote(sight),
  });

function liveNote({ isAuditor, isSecurity }: SeesLive): string {
  if (isAuditor)
    return 'You are an auditor, so this is all live access that Curfew granted. `/access who` shows other access too.';
  return isSecurity
    ? 'You are a security person, so this is all live access that Curfew granted.'
    : 'You see your own access, that of people whose manager you are, and what you own or can approve.';
}

/** The answer to `/access mine`: what a person has, what they wait for, and how their last requests ended. */
export function ownRequestsMessage(
  { open, closed }: Readonly<{ open: AccessList; closed: AccessList }>,
  nameOf: NameOf,
): RenderedMessage {
  const top: readonly KnownBlock[] = [
    paragraph(phrase`${emphasis(['Your access and your pending requests'])}: ${[counted(open)]}`),
    ...(open.count === 0
      ? [context('You have no access now, and no request is pending. `/access` requests access.')]
      : [context('Each has its own message from Curfew, with its buttons. Your *Home* shows them too.')]),
  ];
  const middle = paragraph(emphasis(['How your last requests ended']));
  const bottom = closed.count === 0 ? [context('No request of yours has ended.')] : [];
  const others = [...top, middle, ...bottom, ...MORE];
  const rows = (list: AccessList) => list.views.map((view) => paragraph(ownRow(view), view.nameOf));
  const shownOpen = fittingBlocks(rows(open), others);
  const shownClosed = fittingBlocks(rows(closed), [...others, ...shownOpen]);
  return {
    text: mrkdwn(phrase`You have ${[counted(open)]}`, escapedName(nameOf)),
    blocks: [
      ...top,
      ...shownOpen,
      ...moreLine(open.count - shownOpen.length, '`/access list` and your *Home* show them'),
      middle,
      ...shownClosed,
      ...bottom,
    ],
  };
}

/** The answer to `/access waiting`, as messages: what waits, and the card of each request with its buttons. */
export function waitingMessages(
  { newest, count }: RequestPage,
  reader: PersonId,
): readonly RenderedMessage[] {
  const cards = newest.slice(0, WAITING_CARDS);
  const text =
    count === 0
      ? 'No request waits for you.'
      : `${count} ${count === 1 ? 'request waits' : 'requests wait'} for your decision.`;
  const more = moreLine(
    count - cards.length,
    'each has its own message under *Messages*, with the same buttons',
  );
  const first: RenderedMessage = {
    text,
    blocks: [
      paragraph(emphasis([text])),
      ...(count === 0
        ? [
            context(
              'When somebody requests what you can approve, Curfew sends you its card in a direct message.',
            ),
          ]
        : more),
    ],
  };
  return [first, ...cards.map((view) => approverCard(view, reader))];
}

type ListAnswer = Readonly<{
  heading: Phrase;
  list: AccessList;
  draw: (view: RequestView) => Phrase;
  nameOf: NameOf;
  ifEmpty: string;
  /** The command that shows the rest. What it repeats of what was typed has only letters, digits, `-` and `_`. */
  command: string;
  note?: string;
  other?: OtherAccess;
}>;

/** A heading, one row for each request, and how to see the others. */
function listMessage({
  heading,
  list,
  draw,
  nameOf,
  ifEmpty,
  command,
  note,
  other,
}: ListAnswer): RenderedMessage {
  const { views, from, count } = list;
  const others: readonly KnownBlock[] = [
    paragraph(heading, nameOf),
    ...(note === undefined ? [] : [context(note)]),
    ...(count === 0 ? [context(ifEmpty)] : []),
  ];
  const below = otherBlocks(other, nameOf);
  const rows = fittingBlocks(
    views.map((view) => paragraph(draw(view), view.nameOf)),
    [...others, ...below, ...MORE],
  );
  return {
    text: mrkdwn(heading, escapedName(nameOf)),
    blocks: [...others, ...rows, ...partLine({ from, shown: rows.length, count, command }), ...below],
  };
}

/** The longest line that `partLine` and `moreLine` write, to leave room for it. */
const MORE: readonly KnownBlock[] = [context('x'.repeat(250))];

/** How many requests of a list are live and how many are pending. They are counted only when the whole list is shown. */
function counted({ views, count }: AccessList): string {
  if (count === 0) return 'nothing now.';
  if (views.length < count) return `${count} open requests.`;
  const pending = views.filter(({ state }) => state.kind === 'pending').length;
  return `${count - pending} live, ${pending} pending.`;
}
