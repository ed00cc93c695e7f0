import type { App, RespondFn } from '@slack/bolt';
import { type BotDeps, callerOf, isEphemeral, type Client } from '../deps.ts';
import { parseButtonValue } from '../cards/buttons.ts';
import { phraseMessage } from '../cards/rendered-message.ts';
import { phrase } from '../../wording/phrase.ts';
import { readRequestView } from '../../requests/view.ts';
import { allPermissionsModal } from '../cards/targets.ts';
import type { SlackCaller } from './slack-inbox.ts';

/** The buttons of a request that need no form. Each click is stored and then acknowledged. A worker decides it. */
export function listenForAnswers(app: App, deps: BotDeps): void {
  for (const kind of ['approve', 'withdraw', 'end'] as const)
    app.action(kind, async ({ ack, body, action, client, respond }) => {
      const caller = callerOf(body);
      const value = parseButtonValue('value' in action ? action.value : undefined);
      if (!value) {
        await ack();
        return answerUnknownButton(client, caller);
      }
      const { request, digest } = value;
      await deps.inbox.receive(caller, { kind, request, body: { digest } });
      await ack();
      if (isEphemeral(body)) await replaceCard(respond);
    });
}

/** A message that only one person sees is never drawn again, so its buttons go when one of them was pressed. */
const replaceCard = (respond: RespondFn) =>
  respond({
    replace_original: true,
    ...phraseMessage([
      phrase`Your click is recorded. The card of the request in your direct messages shows what became of it.`,
    ]),
  });

/**
 * The button below a list of permissions that was cut. Everybody who sees the card may see all of it, so nothing is decided here. Only
 * who saw a card of the request knows its digest.
 */
export function listenForAllPermissions(app: App, deps: BotDeps): void {
  app.action('all-permissions', async ({ ack, body, action, client }) => {
    await ack();
    const caller = callerOf(body);
    const value = parseButtonValue('value' in action ? action.value : undefined);
    const view = value && (await readRequestView(deps, value.request));
    if (view?.state.details.digest !== value?.digest || !view || body.type !== 'block_actions')
      return answerUnknownButton(client, caller);
    const person = await deps.inbox.personOf(caller);
    const reader = person === view.state.details.requester ? 'holder' : 'approver';
    await client.views.open({ trigger_id: body.trigger_id, view: allPermissionsModal(view, reader) });
  });
}

const UNKNOWN_BUTTON = 'This button is not from Curfew, or it is from an old version. Nothing was changed.';

/** Answers the click on a button that Curfew cannot read, to this person only. */
export async function answerUnknownButton(
  client: Client,
  { channel, user }: Pick<SlackCaller, 'channel' | 'user'>,
): Promise<void> {
  if (channel !== undefined) await client.chat.postEphemeral({ channel, user, text: UNKNOWN_BUTTON });
}
