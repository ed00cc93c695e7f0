import type { Bot } from '../bot/app.ts';
import type { DispatcherDeps } from '../inbox/dispatcher.ts';

/**
 * Why the account of a click may not act, as the bot says it. While the bot is not connected that is unknown, so it
 * throws. The command line has checked its own accounts.
 */
export const accountCheckBy =
  (bot: () => Pick<Bot, 'checkAccount'> | undefined): DispatcherDeps['checkAccount'] =>
  async (click) => {
    if (click.via !== 'slack') return undefined;
    const connected = bot();
    if (!connected) throw new Error('Slack is not connected yet');
    return connected.checkAccount(click);
  };
