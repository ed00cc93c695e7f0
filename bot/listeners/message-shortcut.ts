import type { App } from '@slack/bolt';
import { messageOf } from '../../core/faults.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import { openRequestForm } from './request-form.ts';

/** The shortcut *Request access* of a message: opens the form with a link to the message in the reason, as its ticket. */
export function listenForMessageShortcut(app: App, deps: BotDeps): void {
  app.shortcut(
    { type: 'message_action', callback_id: 'request-access-from-message' },
    async ({ ack, shortcut, client }) => {
      await ack();
      if (shortcut.type !== 'message_action') return;
      const link = await linkTo(deps, client, shortcut.channel.id, shortcut.message_ts);
      const draft = link === undefined ? {} : { reason: `${link}\n` };
      await openRequestForm(deps, client, {
        trigger: shortcut.trigger_id,
        caller: callerOf(shortcut),
        draft,
      });
    },
  );
}

/** The link of a message; undefined where Slack gives Curfew none, such as in a private channel without Curfew. */
const linkTo = (
  { warn }: BotDeps,
  client: Client,
  channel: string,
  message_ts: string,
): Promise<string | undefined> =>
  client.chat.getPermalink({ channel, message_ts }).then(
    ({ permalink }) => permalink,
    (error: unknown) => {
      warn(`the form opens without the link of its message: ${messageOf(error)}`);
      return undefined;
    },
  );
