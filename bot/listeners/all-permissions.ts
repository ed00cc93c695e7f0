import type { App } from '@slack/bolt';
import { readRequestView } from '../../requests/view.ts';
import { allPermissionsModal } from '../blocks/all-permissions.ts';
import { parseButtonValue } from '../blocks/buttons.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { answerUnknownButton } from './unknown-button.ts';

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
