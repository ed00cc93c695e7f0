import { accountRefusal } from '../../core/account.ts';
import type { PersonId } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';
import type { BotDeps } from '../deps.ts';
import type { SlackCaller } from './slack-inbox.ts';

/**
 * The person who wants to see something, or why they may not: nobody knows the account, it is not that of a member, or the person
 * is no longer active. While the policy cannot be read, a person whom it named before still sees what is their own.
 */
export async function readerOf(deps: BotDeps, caller: SlackCaller): Promise<Result<PersonId, Phrase>> {
  const person = await deps.inbox.personOf(caller);
  if (!person) return no(await strangerPhrase(deps, caller.user));
  const why = accountRefusal(await deps.readAccount(caller.user), caller.user);
  if (why) return no(refusalPhrase({ code: 'not-a-member', why }));
  const mayAct = await deps.policy.mayAct(person);
  return mayAct.kind === 'not-eligible' ? no(unknownPersonPhrase(undefined)) : ok(person);
}

/**
 * Why Curfew does nothing for a Slack user whom it does not know: their kind of account, such as a guest, or that
 * nobody added them. When Slack does not say what kind of account it is, the second one is shown.
 */
export async function strangerPhrase({ readAccount, policy }: BotDeps, user: string): Promise<Phrase> {
  const why = await readAccount(user).then(
    (facts) => accountRefusal(facts, user),
    () => undefined,
  );
  return why ? refusalPhrase({ code: 'not-a-member', why }) : unknownPersonPhrase(await policy.problem());
}
