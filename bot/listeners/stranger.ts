import type { Phrase } from '../../wording/phrase.ts';
import { refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';
import type { BotDeps } from '../deps.ts';

/**
 * Why Curfew does nothing for a Slack user whom it does not know: their kind of account, such as a guest, or that
 * nobody added them. When Slack does not say what kind of account it is, the second one is shown.
 */
export async function strangerPhrase({ checkAccount, policy }: BotDeps, user: string): Promise<Phrase> {
  const refusal = await checkAccount({ via: 'slack', account: user }).catch(() => undefined);
  return refusal ? refusalPhrase(refusal) : unknownPersonPhrase(await policy.problem());
}
