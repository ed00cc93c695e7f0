import type { Client } from '../deps.ts';
import type { SlackCaller } from '../slack-inbox.ts';

const UNKNOWN_BUTTON = 'This button is not from Curfew, or it is from an old version. Nothing was changed.';

/** Answers the click on a button that Curfew cannot read, to this person only. */
export async function answerUnknownButton(
  client: Client,
  { channel, user }: Pick<SlackCaller, 'channel' | 'user'>,
): Promise<void> {
  if (channel !== undefined) await client.chat.postEphemeral({ channel, user, text: UNKNOWN_BUTTON });
}
