import type { Bot } from '../bot/app.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { DispatcherDeps } from '../inbox/dispatcher.ts';
import type { Click } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';

/**
 * Why the account of a click may not act: as the bot says it, or because people.yaml gives the account to somebody else
 * than when the person clicked. While the bot is not connected that is unknown, so it throws. The command line has
 * checked its own accounts.
 */
export const accountCheckBy =
  (
    bot: () => Pick<Bot, 'checkAccount'> | undefined,
    policy: Pick<Policy, 'problem' | 'personOf'>,
  ): DispatcherDeps['checkAccount'] =>
  async (click) => {
    if (click.via !== 'slack') return undefined;
    const connected = bot();
    if (!connected) throw new Error('Slack is not connected yet');
    return (await connected.checkAccount(click)) ?? checkOwner(policy, click);
  };

/** While the policy cannot be read, the use cases refuse by themselves. */
async function checkOwner(
  policy: Pick<Policy, 'problem' | 'personOf'>,
  { account, person }: Click,
): Promise<Refusal | undefined> {
  if ((await policy.problem()) !== undefined) return undefined;
  const owner = (await policy.personOf('slack', account))?.id ?? null;
  return owner === person ? undefined : { code: 'unknown-person' };
}
