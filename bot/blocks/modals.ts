import type { ModalView } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RequestView } from '../../requests/view.ts';
import { escaped, moment } from '../../wording/text.ts';
import { code, context, plain, quote, section } from './elements.ts';

/** Asks the person who denies for the reason: the requester gets it word for word. */
export const denyModal = (facts: RequestView, metadata: string): ModalView => ({
  type: 'modal',
  callback_id: 'deny',
  private_metadata: metadata,
  title: { type: 'plain_text', text: 'Deny the request' },
  submit: { type: 'plain_text', text: 'Deny' },
  close: { type: 'plain_text', text: 'Back' },
  blocks: [
    section(
      `*${escaped(facts.nameOf(facts.state.details.requester).name)}* asks for *${escaped(facts.title)}* for *${formatDuration(facts.state.details.minutes)}*`,
    ),
    quote(facts.reason),
    {
      type: 'input',
      block_id: 'note',
      label: plain('Why not?'),
      hint: plain('They read this word for word. Say what they could do instead.', 150),
      element: {
        type: 'plain_text_input',
        action_id: 'text',
        multiline: true,
        max_length: LIMITS.denialReasonLength,
      },
    },
  ],
});

/** Shows a password, once. A view is not a message: it is in nobody's history. */
export const passwordModal = (title: string, credential: string, end: number): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Your password' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [
    section(`Your own login for *${escaped(title)}*. Copy it now: it is shown this once, to you alone.`),
    code(credential),
    context(
      `${moment(end, 'It stops working ')}. Do not pass it on: everything done with it is done in your name.`,
    ),
  ],
});

export const messageModal = (title: string, words: string): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: title },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [section(words)],
});
