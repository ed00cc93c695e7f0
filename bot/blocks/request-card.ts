import type { Button } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import type { RequestView } from '../../requests/view.ts';
import { duration, emphasis, person, phrase, quoted } from '../../wording/phrase.ts';
import { escaped } from '../mrkdwn.ts';
import { approversLine, lapseLines, ownLine } from './approver-lines.ts';
import { buttonsFor, channelButtons } from './buttons.ts';
import { actions, context, paragraph, plain, quote, SLACK } from './elements.ts';
import { extensionBlocks } from './extension.ts';
import { historyBlocks } from './history.ts';
import { linkLine } from './link-line.ts';
import { withoutMentions } from '../rich-text.ts';
import { questionBlocks } from './questions.ts';
import { fitBetween, FREE_TEXT_BYTES, type RenderedMessage } from './rendered-message.ts';
import { shownStatus, statusIcon, statusText } from './status.ts';
import { endLines, targetBlocks } from './targets.ts';

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
