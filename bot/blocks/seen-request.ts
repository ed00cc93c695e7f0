import type { ModalView } from '@slack/types';
import type { RequestView } from '../../requests/view.ts';
import { context } from './elements.ts';
import { requesterCard } from './requester-card.ts';

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
