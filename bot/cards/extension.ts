import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { formatDuration, spellDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { lengthGiven } from '../../core/request/extension.ts';
import { extensionChoices, firstChoice } from '../../core/request/extension-lengths.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { OpenedRequest } from '../../core/request/state.ts';
import type { RequestView } from '../../requests/view.ts';
import { extensionPhrase } from '../../wording/extension.ts';
import { instant, list, person, phrase, emphasis, quoted } from '../../wording/phrase.ts';
import { waitingPhrase } from '../../wording/waiting.ts';
import { dateMarkup } from './mrkdwn.ts';
import { context, paragraph, plain, quote } from './elements.ts';

/** How long the access lasts, with what extensions have added. */
export const lengthOf = (state: OpenedRequest): Minutes =>
  'endsAt' in state && state.endsAt !== undefined
    ? lengthGiven({ approvals: state.approvals, endsAt: state.endsAt })
    : state.details.minutes;

/** Bytes of a reason, so that what is granted still fits on the card. */
const REASON_BYTES = 2_000;

/**
 * The open extension of a request, for its card: how much longer, until when, the whole length, and why. What is granted stays as
 * the card shows it. Empty without an open extension.
 */
export function extensionBlocks(view: RequestView): readonly KnownBlock[] {
  const { state, nameOf, extensionReason } = view;
  const extension = state.kind === 'active' ? state.extension : undefined;
  if (state.kind !== 'active' || !extension) return [];
  const given = lengthGiven(state);
  const heading = paragraph(extensionPhrase(state.details.requester, { extension, given }), nameOf);
  const reason = quote(extensionReason ?? '(erased)', REASON_BYTES);
  if (extension.kind === 'started') {
    const approvers = list(extension.approvals.map(({ by }) => person(by)));
    const moving = phrase`Approved by ${approvers}. Curfew moves the end at the provider. Until that is done, ${instant(state.endsAt, 'the access ends ')}.`;
    return [heading, reason, paragraph(moving, nameOf, 'gear')];
  }
  const waiting = waitingPhrase(extension);
  const lapse = `If nobody decides, the extension ${dateMarkup(extension.requirements.lapsesAt, 'lapses ')} and the access ends as it does now.`;
  return [heading, reason, paragraph(waiting, nameOf, 'hourglass_flowing_sand'), context(lapse)];
}

/** The block id of each field of the form. */
export const EXTENSION_FIELDS = { length: 'length', reason: 'reason' } as const;

/** The form for a later end. `left` is by how much the access can be extended at most. */
export function extensionModal(view: RequestView, left: Minutes, metadata: string): ModalView {
  const end = view.state.kind === 'active' ? view.state.endsAt : view.now;
  return {
    type: 'modal',
    callback_id: 'extend',
    private_metadata: metadata,
    title: { type: 'plain_text', text: 'Extend the access' },
    submit: { type: 'plain_text', text: 'Request' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      paragraph(phrase`${emphasis(quoted(view.title))}, which ${instant(end, 'ends ')}.`),
      {
        type: 'input',
        block_id: EXTENSION_FIELDS.length,
        label: plain('How much longer?'),
        hint: plain(`At most ${formatDuration(left)} more. The same people approve it as the request.`, 150),
        element: {
          type: 'radio_buttons',
          action_id: 'choice',
          options: extensionChoices(left).map(choiceOption),
          initial_option: choiceOption(firstChoice(left)),
        },
      },
      {
        type: 'input',
        block_id: EXTENSION_FIELDS.reason,
        label: plain('Why?'),
        hint: plain('One sentence. The approvers and the auditors read it.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: LIMITS.reasonLength,
        },
      },
    ],
  };
}

const choiceOption = (minutes: Minutes): PlainTextOption => ({
  text: plain(`${formatDuration(minutes)} more`),
  value: spellDuration(minutes),
});

/** The field under which the form shows this refusal. */
export const extensionFieldOf = ({ code }: Refusal): keyof typeof EXTENSION_FIELDS =>
  code === 'reason-missing' || code === 'reason-too-long' ? 'reason' : 'length';
