import { accountRefusal } from '../../core/account.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { refusalOfAnswer } from '../../requests/answer.ts';
import type { ButtonValue } from '../blocks/buttons.ts';
import type { BotDeps } from '../deps.ts';
import type { SlackCaller } from '../slack-inbox.ts';

/**
 * Why this person may not answer the request now. It is judged at the click, because the forms of a denial, a question and an answer show
 * the reason of the request. A worker judges it again when the form is sent.
 */
export async function refusalAtClick(
  deps: BotDeps,
  caller: SlackCaller,
  { kind, request, digest }: ButtonValue & Readonly<{ kind: 'deny' | 'ask' | 'answer' }>,
): Promise<Refusal | undefined> {
  const person = await deps.inbox.personOf(caller);
  if (!person) return { code: 'unknown-person' };
  const why = accountRefusal(await deps.readAccount(caller.user), caller.user);
  return why ? { code: 'not-a-member', why } : refusalOfAnswer(deps, { kind, request, digest, by: person });
}
