import { accountRefusal } from '../../core/account.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';
import type { BotDeps } from '../deps.ts';

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
