import type { App } from '@slack/bolt';
import { requestOfLease } from '../../core/ids.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { readFacts } from '../facts.ts';
import { parseLeasePressed } from '../views/buttons.ts';
import { passwordModal, sorryModal } from '../views/modals.ts';
import { refusalText } from '../words.ts';

const TITLE = 'Your password';

/** Shows a lease's password to its requester, once. Needs no workflow: the ledger hands it out at most once. */
export function deliverAction(app: App, deps: BotDeps): void {
  app.action(/^deliver(-\d+)?$/, async ({ ack, body, action, client }) => {
    const caller = callerOf(body);
    const lease = parseLeasePressed('value' in action ? action.value : undefined);
    if (!lease || body.type !== 'block_actions') return ack();
    const click = await deps.door.receive(caller, {
      kind: 'deliver',
      request: requestOfLease(lease),
      body: {},
    });
    await ack();
    // A trigger lives three seconds; the view it opened does not expire. So the password leaves the ledger only
    // once there is a screen to show it on.
    const opened = await client.views.open({
      trigger_id: body.trigger_id,
      view: sorryModal(TITLE, 'One moment…'),
    });
    return void (await client.views.update({ view_id: opened.view?.id ?? '', view: await viewOf() }));

    async function viewOf() {
      if (!lease || !click.person) return sorryModal(TITLE, refusalText({ code: 'unknown-person' }, String));
      const foreign = await deps.vet(click);
      if (foreign) return sorryModal(TITLE, refusalText(foreign, String));
      const { recorded, sealed } = await deps.ledger.deliver({
        lease,
        by: click.person,
        click: click.id,
        via: 'slack',
      });
      await deps.ledger.settleClick(click.id, { kind: recorded.outcome.ok ? 'heard' : 'refused' });
      if (!recorded.outcome.ok) return sorryModal(TITLE, refusalText(recorded.outcome.error, String));
      if (!sealed || recorded.state.kind !== 'active')
        return sorryModal(TITLE, 'There is no password for this access.');
      const held = await deps.ledger.readLease(lease);
      const provider = held && deps.providers.get(held.target.provider);
      const target = held && provider?.parseTarget(held.target.target);
      const facts = await readFacts(deps, click.request);
      const secret = deps.open(sealed);
      const shown = target?.ok ? (provider?.credential?.(lease, target.value, secret) ?? secret) : secret;
      return passwordModal(facts?.title ?? recorded.state.ask.entitlement, shown, recorded.state.end);
    }
  });
}
