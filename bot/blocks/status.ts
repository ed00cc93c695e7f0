import { shortOf } from '../../core/ids.ts';
import type { OpenedRequest } from '../../core/request/state.ts';
import type { RequestView } from '../../requests/view.ts';
import { code, type Phrase, phrase } from '../../wording/phrase.ts';
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

/** A message has room for what goes on at so many providers. The others are counted. */
const MOST_ELSEWHERE = 3;

/** The status of a request, as long as a message may be. */
export function shownStatus(view: RequestView): Phrase {
  const more = view.elsewhere.length - MOST_ELSEWHERE;
  const status = statusPhrase({ ...view, elsewhere: view.elsewhere.slice(0, MOST_ELSEWHERE) });
  return more > 0
    ? phrase`${status} ${[`${more} more ${more === 1 ? 'note' : 'notes'}:`]} ${code(`/access story ${shortOf(view.id)}`)}`
    : status;
}

/** The status for the text of a notification, which names people and mentions nobody. */
export const statusText = (view: RequestView): string => mrkdwn(shownStatus(view), escapedName(view.nameOf));
