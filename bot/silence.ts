import type { RequestId } from '../core/ids.ts';
import type { Phrase } from '../wording/phrase.ts';
import { silencePhrase } from '../wording/silence.ts';

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
