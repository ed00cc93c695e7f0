import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { messageOf } from '../../core/faults.ts';
import { type LeaseId, requestIdOfLease } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { Click } from '../../ledger/index.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { readRequestView } from '../../requests/view.ts';
import { parseLeasePressed } from '../blocks/buttons.ts';
import { passwordModal, messageModal } from '../blocks/modals.ts';
import { mention } from '../blocks/request-card.ts';
import { internalErrorText, refusalText, unknownPersonText } from '../../wording/refusals.ts';

const TITLE = 'Your password';
const SHUT =
  'This password was sealed with another key than Curfew has now, so it cannot be shown. It was not used up: the person who runs Curfew can put the old `CURFEW_SECRET_KEY` back. Otherwise end the access and ask again.';

/** Shows a lease's password to its requester, once. Needs no workflow: the ledger hands it out at most once. */
export function deliverAction(app: App, deps: BotDeps): void {
  app.action(/^deliver(-\d+)?$/, async ({ ack, body, action, client }) => {
    const caller = callerOf(body);
    const lease = parseLeasePressed('value' in action ? action.value : undefined);
    if (!lease || body.type !== 'block_actions') return ack();
    const click = await deps.inbox.receive(caller, {
      kind: 'deliver',
      request: requestIdOfLease(lease),
      body: {},
    });
    await ack();
    // A trigger lives three seconds; the view it opened does not expire. So the password leaves the ledger only
    // once there is a screen to show it on.
    const opened = await client.views.open({
      trigger_id: body.trigger_id,
      view: messageModal(TITLE, 'One moment…'),
    });
    const view = await viewOf(deps, lease, click).catch((error: unknown) => {
      deps.warn(`a password was not shown: ${messageOf(error)}`);
      return messageModal(TITLE, error instanceof Shut ? SHUT : internalErrorText(error));
    });
    await client.views.update({ view_id: opened.view?.id ?? '', view });
  });
}

/** What can fail does so before the password has left the ledger, or takes it back there. */
async function viewOf(deps: BotDeps, lease: LeaseId, click: Click): Promise<ModalView> {
  const { ledger } = deps;
  if (!click.person) return refuse(deps, click, { code: 'unknown-person' });
  const foreign = await deps.checkAccount(click);
  if (foreign) return refuse(deps, click, foreign);
  const [held, facts] = await Promise.all([ledger.readLease(lease), readRequestView(deps, click.request)]);
  const provider = held && deps.providers.get(held.target.provider);
  const target = held && provider?.parseTarget(held.target.spec);
  const { recorded, secret: shown } = await ledger.deliver({
    lease,
    by: click.person,
    click: click.id,
    via: 'slack',
    open(sealed) {
      const secret = unsealed(deps, sealed);
      return target?.ok ? (provider?.credential?.(lease, target.value, secret) ?? secret) : secret;
    },
  });
  const { outcome, state } = recorded;
  // Nobody carries this kind of click, so it may stay open.
  await ledger
    .settleClick(click.id, outcome.ok ? { kind: 'answered' } : { kind: 'refused', refusal: outcome.error })
    .catch(() => undefined);
  if (!outcome.ok)
    return messageModal(TITLE, refusalText(outcome.error, facts ? mention(facts.nameOf) : String, 'deliver'));
  if (shown === undefined || state.kind !== 'active')
    return messageModal(TITLE, 'There is no password for this access.');
  return passwordModal(facts?.title ?? state.details.entitlement, shown, state.endsAt);
}

/** Turned away at the door: written down like any other attempt (I19). */
async function refuse({ ledger, policy }: BotDeps, click: Click, refusal: Refusal): Promise<ModalView> {
  await ledger.recordRefusal(
    { request: click.request, name: `click/${click.id}`, via: click.via },
    { by: click.person, tried: click.kind, refusal },
  );
  await ledger.settleClick(click.id, { kind: 'refused', refusal });
  const stranger = refusal.code === 'unknown-person';
  return messageModal(
    TITLE,
    stranger ? unknownPersonText(await policy.problem()) : refusalText(refusal, String),
  );
}

/** The key was changed, or what is in the ledger was. */
class Shut extends Error {}

function unsealed({ openSecret }: BotDeps, sealed: Buffer): string {
  try {
    return openSecret(sealed);
  } catch (error) {
    throw new Shut(`it does not open: ${messageOf(error)}`, { cause: error });
  }
}
