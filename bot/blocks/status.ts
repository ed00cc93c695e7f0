import type { OpenedRequest } from '../../core/request/state.ts';
import type { RequestView } from '../../requests/view.ts';
import { statusPhrase } from '../../wording/status.ts';
import { escapedName, mrkdwn } from '../mrkdwn.ts';

const ICON = {
  pending: 'hourglass_flowing_sand',
  granting: 'gear',
  active: 'large_green_circle',
  revoking: 'gear',
  closed: 'white_circle',
} as const satisfies Record<OpenedRequest['kind'], string>;

/** An icon never has a meaning of its own: the sentence after it says the same. */
export const statusIcon = ({ kind }: OpenedRequest): (typeof ICON)[OpenedRequest['kind']] => ICON[kind];

/** The status for the text of a notification, which names people and mentions nobody. */
export const statusText = (view: RequestView): string => mrkdwn(statusPhrase(view), escapedName(view.nameOf));
