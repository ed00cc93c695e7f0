import type { AckFn, RespondArguments } from '@slack/bolt';
import { leadingLength } from '../../core/duration.ts';
import { readOpenRequestsFor } from '../../requests/open-requests.ts';
import { offerMessage, refusedLineMessage } from '../cards/offers.ts';
import { phraseMessage } from '../cards/rendered-message.ts';
import type { BotDeps } from '../deps.ts';
import type { SlackCaller } from './slack-inbox.ts';
import { refusalsOf } from './form-content.ts';

/** A request in one line. `length` is empty when the line has none. */
export type OneLine = Readonly<{ entitlement: string; length: string; reason: string }>;

/**
 * Reads what follows the entitlement: how long and why. The longest beginning that is a length is the length, so "2 h 30 min
 * why" has two and a half hours. A word that begins with a digit is a mistyped length. Otherwise the line has no length, and
 * all of it is the reason.
 */
export function readOneLine(entitlement: string, text: string): OneLine {
  const leading = leadingLength(text);
  if (leading) return { entitlement, length: leading.length, reason: leading.rest };
  const [, word = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  return /^[-+.,]?\d/.test(word)
    ? { entitlement, length: word, reason: rest }
    : { entitlement, length: '', reason: text.trim() };
}

type TypedRequest = Readonly<{
  caller: SlackCaller;
  line: OneLine;
  /** The whole command, as it was typed. */
  typed: string;
  ack: AckFn<string | RespondArguments>;
}>;

/**
 * Stores a request in one line, and acknowledges it. A mistake is answered at once where the line was typed, with what was
 * typed. So is a request for something that the person has or has requested already. Whoever Curfew does not know is judged
 * by the worker, which knows what kind of account they have.
 */
export async function requestInOneLine(
  deps: BotDeps,
  { caller, line, typed, ack }: TypedRequest,
): Promise<void> {
  const person = await deps.inbox.personOf(caller);
  const openRequests = person ? await deps.ledger.countOpenRequests(person) : 0;
  const verdict = await deps.policy.judge({ ...line, person, reasonHash: '', openRequests });
  if (person && !verdict.allowed && verdict.refusal.code !== 'unknown-person') {
    await deps.inbox.refuseRequest({ ...caller, channel: undefined }, verdict.refusal);
    const message = refusedLineMessage(refusalsOf(verdict), typed, line);
    return ack({ response_type: 'ephemeral', ...message });
  }
  const open =
    person && verdict.allowed ? await readOpenRequestsFor(deps, person, verdict.judged.entitlement.id) : [];
  if (open.length > 0) return ack({ response_type: 'ephemeral', ...offerMessage(open, line) });
  const { request } = await deps.inbox.receive(caller, { kind: 'request', body: line });
  const silence = deps.silence(request);
  return silence ? ack({ response_type: 'ephemeral', ...phraseMessage([silence]) }) : ack();
}
