import type { ModalView } from '@slack/types';
import { LIMITS } from '../../core/limits.ts';
import type { RequestView } from '../../requests/view.ts';
import { duration, emphasis, type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { dateMarkup } from './mrkdwn.ts';
import type { NameOf } from './rich-text.ts';
import { code, context, paragraph, plain, quote } from './elements.ts';
import { questionBlocks } from './shared-lines.ts';

/** Asks an approver for the reason of a denial. The requester reads it exactly as it is written. */
export const denyModal = (view: RequestView, metadata: string): ModalView => ({
  type: 'modal',
  callback_id: 'deny',
  private_metadata: metadata,
  title: { type: 'plain_text', text: 'Deny the request' },
  submit: { type: 'plain_text', text: 'Deny' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    paragraph(
      phrase`${emphasis(quoted(view.nameOf(view.state.details.requester).name))} requests ${emphasis(quoted(view.title))} for ${emphasis(duration(view.state.details.minutes))}`,
    ),
    quote(view.reason),
    {
      type: 'input',
      block_id: 'note',
      label: plain('Why not?'),
      hint: plain('The requester reads this. Say what they can do instead.', 150),
      element: {
        type: 'plain_text_input',
        action_id: 'text',
        multiline: true,
        max_length: LIMITS.denialReasonLength,
      },
    },
  ],
});

/** A form that only says something. */
export const noticeModal = (title: string, notice: Phrase): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: title },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [paragraph(notice)],
});

/** Shows a password once. Slack keeps no history of a modal, unlike of a message. */
export const passwordModal = (title: string, credential: string, endsAt: number): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Your password' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [
    paragraph(
      phrase`Your personal login for ${emphasis(quoted(title))}. Copy it now: it is shown only once, and only to you.`,
    ),
    code(credential),
    context(
      `${dateMarkup(endsAt, 'It stops working ')}. Do not share it: you are responsible for everything that is done with it.`,
    ),
  ],
});

/** A modal with one paragraph. */
export const messageModal = (title: string, message: Phrase, nameOf?: NameOf): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: title },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [paragraph(message, nameOf)],
});

type Form = Readonly<{ kind: 'ask' | 'answer'; title: string; submit: string; label: string; hint: string }>;

const ASK: Form = {
  kind: 'ask',
  title: 'Ask the requester',
  submit: 'Ask',
  label: 'What do you want to know?',
  hint: 'The requester, the approvers and the auditors read this. Until it is answered, the time to lapse does not run.',
};
const ANSWER: Form = {
  kind: 'answer',
  title: 'Answer the question',
  submit: 'Answer',
  label: 'Your answer',
  hint: 'The approvers and the auditors read this.',
};

/** The form in which an approver asks the requester, or in which the requester answers. */
export function questionModal(kind: 'ask' | 'answer', view: RequestView, metadata: string): ModalView {
  const form = kind === 'ask' ? ASK : ANSWER;
  return {
    type: 'modal',
    callback_id: form.kind,
    private_metadata: metadata,
    title: { type: 'plain_text', text: form.title },
    submit: { type: 'plain_text', text: form.submit },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      paragraph(
        phrase`${emphasis(quoted(view.nameOf(view.state.details.requester).name))} requests ${emphasis(quoted(view.title))}`,
      ),
      quote(view.reason),
      ...questionBlocks(view),
      {
        type: 'input',
        block_id: 'note',
        label: plain(form.label),
        hint: plain(form.hint, 150),
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: LIMITS.denialReasonLength,
        },
      },
    ],
  };
}
