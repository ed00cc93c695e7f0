import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import { currentStage } from '../../core/request/stages.ts';
import type { RequestView } from '../../requests/view.ts';
import { duration, emphasis, list, person, phrase, quoted } from '../../wording/phrase.ts';
import { statusPhrase } from '../../wording/status.ts';
import { dateMarkup, escaped, escapedName, mrkdwn, plainText } from '../mrkdwn.ts';
import { actions, bytesOf, context, paragraph, plain, quote, SLACK } from './elements.ts';
import { buttonsFor, channelButtons } from './buttons.ts';
import { extensionBlocks } from './extension.ts';
import { questionBlocks } from './questions.ts';
import { endLines, targetBlocks } from './targets.ts';

/** A message for Slack: the blocks, and one full sentence for screen readers and notifications. */
export type RenderedMessage = Readonly<{ text: string; blocks: KnownBlock[] }>;

/**
 * The card of a request for its approvers: in the channel, or in the direct messages and on the Home of `reader`. It is drawn
 * completely after every step. The card of a decided request has no active buttons.
 */
export function requestCard(view: RequestView, reader?: PersonId): RenderedMessage {
  const { state, nameOf, reason, targets, title } = view;
  const { requester, minutes } = state.details;
  const what = emphasis(phrase`${person(requester)} requests ${quoted(title)}`);
  const about = view.about ? phrase`\n${quoted(view.about)}` : [];
  const heading = paragraph(phrase`${emphasis(['Requested access'])}, class ${quoted(view.class)}${about}`);
  return {
    text: `${escapedName(nameOf)(requester)} requests ${escaped(title)} for ${formatDuration(minutes)}: ${statusText(view)}`,
    blocks: fitBetween(
      [paragraph(phrase`${what} for ${emphasis(duration(minutes))}`, nameOf), quote(reason, FREE_TEXT_BYTES)],
      (bytes) => targetBlocks(heading, targets, bytes),
      [
        context(...endLines(targets)),
        paragraph(statusPhrase(state, title), nameOf, ICON[state.kind]),
        ...(view.denial === undefined ? [] : [quote(view.denial, FREE_TEXT_BYTES)]),
        ...extensionBlocks(view),
        ...questionBlocks(view),
        ...(state.kind === 'pending'
          ? [context(plain(approverLine(view, reader), SLACK.context), lapseLine(view))]
          : []),
        ...actions(
          `decide-${view.id}`,
          reader === undefined ? channelButtons(view) : buttonsFor(view, reader),
        ),
      ],
    ),
  };
}

// Bytes of what a person wrote, so that the requested access still fits. A thousand letters fit, or 500 emoji.
const FREE_TEXT_BYTES = 2_000;

/** All blocks of a message. The blocks in the middle get the bytes that the others leave. */
const fitBetween = (
  before: readonly KnownBlock[],
  middle: (bytes: number) => readonly KnownBlock[],
  after: readonly KnownBlock[],
): KnownBlock[] => [...before, ...middle(SLACK.message - bytesOf([...before, ...after])), ...after];

/** The request in the requester's direct messages, with the requester's buttons. */
export function requesterCard(view: RequestView): RenderedMessage {
  const { state, nameOf, reason, targets, title } = view;
  const head = phrase`${emphasis(quoted(title))} for ${emphasis(duration(state.details.minutes))}`;
  const canDo = paragraph(emphasis(['What you can do now']));
  return {
    text: `Your request for ${escaped(title)}: ${statusText(view)}`,
    blocks: fitBetween(
      [
        paragraph(phrase`${head}\n${statusPhrase(state, title)}`, nameOf, ICON[state.kind]),
        quote(reason, FREE_TEXT_BYTES),
        ...denialBlocks(view),
        ...questionBlocks(view),
        ...(state.kind === 'pending' ? [context(lapseLine(view))] : []),
      ],
      (bytes) => (state.kind === 'active' ? targetBlocks(canDo, targets, bytes) : []),
      [
        ...extensionBlocks(view),
        ...(view.secrets.length > 0 ? [context('Your password is shown only once, and only to you.')] : []),
        ...(state.kind === 'closed'
          ? [context(`Do you need it again? \`/access ${state.details.entitlement}\``)]
          : []),
        ...actions('mine', buttonsFor(view, state.details.requester)),
      ],
    ),
  };
}

function denialBlocks({ state, denial, nameOf }: RequestView): readonly KnownBlock[] {
  if (denial === undefined) return [];
  const denier =
    state.kind === 'closed' && state.ending.kind === 'denied' ? state.ending.by : state.details.requester;
  return [paragraph(phrase`Reason given by ${person(denier)}:`, nameOf), quote(denial, FREE_TEXT_BYTES)];
}

/** An icon never has a meaning of its own: the sentence after it says the same. */
const ICON = {
  pending: 'hourglass_flowing_sand',
  granting: 'gear',
  active: 'large_green_circle',
  revoking: 'gear',
  closed: 'white_circle',
} as const satisfies Record<RequestView['state']['kind'], string>;

/** The status for the text of a notification, which names people and mentions nobody. */
const statusText = ({ state, title, nameOf }: RequestView): string =>
  mrkdwn(statusPhrase(state, title), escapedName(nameOf));

/** Why `reader` is an approver, or who the approvers are and why. */
function approverLine({ state, nameOf }: RequestView, reader: PersonId | undefined): string {
  if (state.kind !== 'pending') return '';
  const approvers = state.requirements.stages[currentStage(state)]?.approvers ?? [];
  const own = approvers.find((approver) => approver.person === reader);
  if (own) return `You are an approver because you ${inSecondPerson(own.because)}.`;
  const names = approvers.map((approver) => phrase`${person(approver.person)} (${quoted(approver.because)})`);
  return plainText(phrase`Approvers: ${list(names)}.`, (who) => nameOf(who).name);
}

/** "owns X" becomes "own X", for the sentence "you own X". */
const inSecondPerson = (because: string): string => because.replace(/^owns /, 'own ').replace(/^is /, 'are ');

const lapseLine = ({ state }: RequestView): string =>
  state.kind === 'pending'
    ? `If nobody decides, the request ${dateMarkup(state.requirements.lapsesAt, 'lapses ')} and no access is granted.`
    : '';
