import { type RequestId, clickIdOfRequest } from '../../core/ids.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { silencePhrase } from '../../wording/silence.ts';
import { messageOf } from '../../core/faults.ts';
import type { Notification } from '../../ledger/index.ts';
import { readRequestView } from '../../requests/view.ts';
import { phraseMessage } from '../cards/rendered-message.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';
import { messagesTo } from './places.ts';

/** Says why the card of a request comes late. Undefined when it comes soon, or when its requester was told. */
export type Silence = (request: RequestId) => Phrase | undefined;

/** `pausedFor`: for how many milliseconds Slack takes no new message, as it said. */
export function openSilence(pausedFor: () => number): Silence {
  const told = new Set<RequestId>();
  return (request) => {
    const silence = silencePhrase(pausedFor());
    if (!silence) told.clear();
    if (!silence || told.has(request)) return undefined;
    told.add(request);
    return silence;
  };
}

/**
 * Tells a requester that the card of their new request comes late, because Slack accepts no message. Only they see it, so it has a rate limit
 * of its own. It never keeps the card from being sent.
 */
export async function tellOfLateCard(
  { deps, messenger }: Readonly<{ deps: BotDeps; messenger: Messenger }>,
  { request, from, redraw, reminder }: Notification,
): Promise<void> {
  const isNew = from === 0 && !redraw && reminder === undefined;
  const silence = isNew && deps.silence(request);
  if (!silence) return;
  try {
    const view = await readRequestView(deps, request);
    const click = await deps.ledger.readClick(clickIdOfRequest(request));
    if (!view || click?.via !== 'slack') return;
    const posted = await deps.ledger.postedMessages(request);
    if (messagesTo(posted, view.state.details.requester).length > 0) return;
    await messenger.tellOnScreen(click.account, click.body.channel, phraseMessage([silence]));
  } catch (error) {
    deps.warn(`a requester was not told that Slack accepts no message: ${messageOf(error)}`, { request });
  }
}
