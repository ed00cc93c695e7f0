import type { Button, KnownBlock, ModalView } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import type { RequestView } from '../../requests/view.ts';
import { duration, emphasis, person, phrase, quoted } from '../../wording/phrase.ts';
import { escaped, escapedName, mrkdwn } from './mrkdwn.ts';
import {
  approversLine,
  lapseLines,
  ownLine,
  historyBlocks,
  questionBlocks,
  shownStatus,
  statusIcon,
  statusText,
} from './shared-lines.ts';
import { buttonsFor, channelButtons } from './buttons.ts';
import { actions, context, paragraph, plain, quote, SLACK, button } from './elements.ts';
import { extensionBlocks, lengthOf } from './extension.ts';
import { linkLine, fitBetween, FREE_TEXT_BYTES, type RenderedMessage } from './rendered-message.ts';
import { withoutMentions } from './rich-text.ts';
import { endLines, targetBlocks } from './targets.ts';
import { endsSoonPhrase } from '../../wording/ends-soon.ts';

/** The card of a request in the channel. */
export const channelCard = (view: RequestView): RenderedMessage =>
  requestCard(view, { approvers: approversLine(view), buttons: channelButtons(view) });

/** The card of a request in the direct messages and on the Home of an approver. */
export const approverCard = (view: RequestView, reader: PersonId): RenderedMessage =>
  requestCard(view, { approvers: ownLine(view, reader), buttons: buttonsFor(view, reader) });

type Reading = Readonly<{
  /** Why the reader is asked, or who is asked and why. */
  approvers: string;
  buttons: readonly Button[];
}>;

/**
 * A request as those see it who decide it: everything that an approval is for. It is drawn completely after every step. The card
 * of a decided request has no active buttons, and keeps who decided, when and for what. It mentions nobody: whom the request
 * concerns has a message of their own. The id of the requester stands beside their name, because a name can be that of two people.
 */
function requestCard(view: RequestView, { approvers, buttons }: Reading): RenderedMessage {
  const { state, reason, targets, title } = view;
  const { requester, minutes } = state.details;
  const nameOf = withoutMentions(view.nameOf);
  const what = phrase`${emphasis(person(requester))} (${quoted(requester)}) requests ${emphasis(quoted(title))}`;
  const about = view.about ? phrase`\n${quoted(view.about)}` : [];
  const heading = paragraph(phrase`${emphasis(['Requested access'])}, class ${quoted(view.class)}${about}`);
  return {
    text: requestSentence(view),
    blocks: fitBetween(
      [paragraph(phrase`${what} for ${emphasis(duration(minutes))}`, nameOf), quote(reason, FREE_TEXT_BYTES)],
      (bytes) => targetBlocks(heading, view, bytes),
      [
        context(...endLines(targets)),
        paragraph(shownStatus(view), nameOf, statusIcon(state)),
        ...(view.denial === undefined ? [] : [quote(view.denial.text, FREE_TEXT_BYTES)]),
        ...extensionBlocks({ ...view, nameOf }),
        ...questionBlocks({ ...view, nameOf }),
        ...historyBlocks({ ...view, nameOf }),
        ...linkLine(view),
        ...(approvers === '' ? [] : [context(plain(approvers, SLACK.context), ...lapseLines(view))]),
        ...actions(`decide-${view.id}`, buttons),
      ],
    ),
  };
}

/** The sentence that a notification shows and a screen reader reads. */
function requestSentence(view: RequestView): string {
  const { requester, minutes } = view.state.details;
  const who = escaped(view.nameOf(requester).name);
  return `${who} requests ${escaped(view.title)} for ${formatDuration(minutes)}: ${statusText(view)}`;
}

/** The request in the requester's direct messages, with the requester's buttons. */
export function requesterCard(view: RequestView): RenderedMessage {
  const { state, reason, targets, title } = view;
  const nameOf = withoutMentions(view.nameOf);
  const head = phrase`${emphasis(quoted(title))} for ${emphasis(duration(lengthOf(state)))}`;
  const canDo = paragraph(emphasis(['What you can do now']));
  return {
    text: `Your request for ${escaped(title)}: ${statusText(view)}`,
    blocks: fitBetween(
      [
        paragraph(phrase`${head}\n${shownStatus(view)}`, nameOf, statusIcon(state)),
        quote(reason, FREE_TEXT_BYTES),
        ...denialBlocks({ ...view, nameOf }),
        ...questionBlocks({ ...view, nameOf }),
        ...lapseLines(view).map((line) => context(line)),
      ],
      (bytes) => (state.kind === 'active' ? targetBlocks(canDo, view, bytes, 'holder') : []),
      [
        ...extensionBlocks({ ...view, nameOf }),
        ...(state.kind === 'active' ? [context(...endLines(targets, 'holder'))] : []),
        ...(view.secrets.length > 0 ? [context('Your password is shown only once, and only to you.')] : []),
        ...historyBlocks({ ...view, nameOf }),
        ...linkLine(view),
        ...actions('mine', [
          ...buttonsFor(view, state.details.requester),
          ...(state.kind === 'closed' ? [requestAgainButton(view)] : []),
        ]),
      ],
    ),
  };
}

const denialBlocks = ({ denial, nameOf }: RequestView): readonly KnownBlock[] =>
  denial === undefined
    ? []
    : [paragraph(phrase`Reason given by ${person(denial.by)}:`, nameOf), quote(denial.text, FREE_TEXT_BYTES)];

/** The card of access that ends soon, with the buttons to extend it and to end it now. */
export function endsSoonCard(view: RequestView, endsAt: number): RenderedMessage {
  const notice = endsSoonPhrase(view.title, endsAt);
  return {
    text: mrkdwn(notice, escapedName(view.nameOf)),
    blocks: [paragraph(notice, undefined, 'alarm_clock'), ...requesterCard(view).blocks],
  };
}

/** What remains of a message after a newer one: nothing to press, and nothing that could be out of date. */
export function olderCard({ title, state, nameOf }: RequestView): RenderedMessage {
  const { requester, minutes } = state.details;
  const what = phrase`${emphasis(quoted(title))} for ${person(requester)}, ${duration(minutes)}: a newer message below shows this request.`;
  return {
    text: `${escaped(title)} for ${escaped(nameOf(requester).name)}: a newer message below shows this request.`,
    blocks: [paragraph(what, withoutMentions(nameOf))],
  };
}

/** Opens the form for the same entitlement and length. For the requester it has the reason too. */
export const requestAgainButton = ({ id, title }: Pick<RequestView, 'id' | 'title'>): Button =>
  button({ action: 'request-again', label: 'Request again', value: id, spoken: `Request again: ${title}` });

/** A request as its requester's card shows it. It has no buttons, because a modal is not drawn again when the request changes. */
export const seenRequestModal = (view: RequestView): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Your request' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [
    ...requesterCard(view).blocks.filter(({ type }) => type !== 'actions'),
    context('To end or withdraw it, use its message under *Messages* of Curfew, or your *Home* tab.'),
  ],
});
