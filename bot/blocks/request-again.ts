import type { Button } from '@slack/types';
import type { RequestView } from '../../requests/view.ts';
import { button } from './elements.ts';

/** Opens the form for the same entitlement and length. For the requester it has the reason too. */
export const requestAgainButton = ({ id, title }: Pick<RequestView, 'id' | 'title'>): Button =>
  button({ action: 'request-again', label: 'Request again', value: id, spoken: `Request again: ${title}` });
