import type { ModalView } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RequestView } from '../../requests/view.ts';
import { dateMarkup, escaped } from '../mrkdwn.ts';
import { code, context, plain, quote, section } from './elements.ts';

/** Asks an approver for the reason of a denial. The requester reads it exactly as it is written. */
export const denyModal = (view: RequestView, metadata: string): ModalView => ({
  type: 'modal',
  callback_id: 'deny',
  private_metadata: metadata,
  title: { type: 'plain_text', text: 'Deny the request' },
  submit: { type: 'plain_text', text: 'Deny' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    section(
      `*${escaped(view.nameOf(view.state.details.requester).name)}* requests *${escaped(view.title)}* for *${formatDuration(view.state.details.minutes)}*`,
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

/** Shows a password once. Slack keeps no history of a modal, unlike of a message. */
export const passwordModal = (title: string, credential: string, endsAt: number): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Your password' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [
    section(
      `Your personal login for *${escaped(title)}*. Copy it now: it is shown only once, and only to you.`,
    ),
    code(credential),
    context(
      `${dateMarkup(endsAt, 'It stops working ')}. Do not share it: you are responsible for everything that is done with it.`,
    ),
  ],
});

/** A modal with one paragraph of mrkdwn. */
export const messageModal = (title: string, text: string): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: title },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [section(text)],
});
