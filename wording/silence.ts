import { code, type Phrase, phrase } from './phrase.ts';

/** From this length on, a person reads why no card comes. */
const LEAST_MS = 10_000;

/**
 * What a requester reads in place of a card while Slack accepts no message for `ms` milliseconds, because its rate limit is reached. An
 * answer to a command or a form has no such limit. Undefined when the card comes soon.
 */
export function silencePhrase(ms: number): Phrase | undefined {
  if (ms < LEAST_MS) return undefined;
  const minutes = Math.ceil(ms / 60_000);
  return phrase`Your request is recorded. Its card comes later: Slack accepts no message from Curfew for ${[minutes === 1 ? 'a minute' : `${minutes} minutes`]}, because of its rate limit. Until then you see it on Curfew's Home, in the console, and with ${code('/access list')} or ${code('curfew list')}.`;
}
