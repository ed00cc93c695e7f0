import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { messageOf } from '../../core/faults.ts';
import { type LeaseId, requestIdOfLease } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { Click } from '../../ledger/index.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { escaped, mention, mrkdwn, mrkdwnWithIds } from '../mrkdwn.ts';
import { readRequestView } from '../../requests/view.ts';
import { parsePasswordButtonValue } from '../blocks/buttons.ts';
import { passwordModal, messageModal } from '../blocks/modals.ts';
import { internalErrorPhrase, refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';

const TITLE = 'Your password';
const SEALED_WITH_OTHER_KEY =
  'This password cannot be shown, because it was sealed with another key than the one that Curfew has now. It can still be shown once: the operator of Curfew can put the old `CURFEW_SECRET_KEY` back. Otherwise end the access and request it again.';

/** Shows the password of a lease to its requester, once. It needs no workflow: the ledger returns it at most once. */
export function listenForPasswordButton(app: App, deps: BotDeps): void {
  app.action(/^deliver(-\d+)?$/, async ({ ack, body, action, client }) => {
    const caller = callerOf(body);
    const lease = parsePasswordButtonValue('value' in action ? action.value : undefined);
    if (!lease || body.type !== 'block_actions') return ack();
    const click = await deps.inbox.receive(caller, {
      kind: 'deliver',
      request: requestIdOfLease(lease),
      body: {},
    });
    await ack();
    // A trigger is valid for three seconds, but a view that it opened does not expire. So the view is opened first,
    // and the password leaves the ledger only when there is a view to show it in.
    const opened = await client.views.open({
      trigger_id: body.trigger_id,
      view: messageModal(TITLE, 'One moment…'),
    });
    const view = await viewFor(deps, lease, click).catch((error: unknown) => {
      deps.warn(`a password was not shown: ${messageOf(error)}`);
      const text =
        error instanceof UnsealError ? SEALED_WITH_OTHER_KEY : mrkdwnWithIds(internalErrorPhrase(error));
      return messageModal(TITLE, text);
    });
    await client.views.update({ view_id: opened.view?.id ?? '', view });
  });
}

/** Everything that can fail does so before the password leaves the ledger, or undoes that it left. */
async function viewFor(deps: BotDeps, lease: LeaseId, click: Click): Promise<ModalView> {
  const { ledger } = deps;
  if (!click.person) return refuse(deps, click, { code: 'unknown-person' });
  const refusal = await deps.checkAccount(click);
  if (refusal) return refuse(deps, click, refusal);
  const [held, view] = await Promise.all([ledger.readLease(lease), readRequestView(deps, click.request)]);
  const provider = held && deps.providers.get(held.target.provider);
  const target = held && provider?.parseTarget(held.target.spec);
  const { recorded, secret: credential } = await ledger.deliver({
    lease,
    by: click.person,
    click: click.id,
    via: 'slack',
    open(sealed) {
      const secret = unseal(deps, sealed);
      return target?.ok ? (provider?.credential?.(lease, target.value, secret) ?? secret) : secret;
    },
  });
  const { outcome, state } = recorded;
  // No workflow waits for a click of this kind, so an error here does no harm.
  await ledger
    .settleClick(click.id, outcome.ok ? { kind: 'answered' } : { kind: 'refused', refusal: outcome.error })
    .catch(() => undefined);
  if (!outcome.ok) {
    const renderPerson = view ? mention(view.nameOf) : escaped;
    return messageModal(TITLE, mrkdwn(refusalPhrase(outcome.error, 'deliver'), renderPerson));
  }
  if (credential === undefined || state.kind !== 'active')
    return messageModal(TITLE, 'There is no password for this access.');
  return passwordModal(view?.title ?? state.details.entitlement, credential, state.endsAt);
}

/** Refuses a click before the request is looked at. The attempt is recorded like any other (I19). */
async function refuse({ ledger, policy }: BotDeps, click: Click, refusal: Refusal): Promise<ModalView> {
  await ledger.recordRefusal(
    { request: click.request, name: `click/${click.id}`, via: click.via },
    { by: click.person, tried: click.kind, refusal },
  );
  await ledger.settleClick(click.id, { kind: 'refused', refusal });
  const answer =
    refusal.code === 'unknown-person' ? unknownPersonPhrase(await policy.problem()) : refusalPhrase(refusal);
  return messageModal(TITLE, mrkdwnWithIds(answer));
}

/** The key of the settings is not the key that sealed the password, or the sealed text was changed. */
class UnsealError extends Error {}

function unseal({ openSecret }: BotDeps, sealed: Buffer): string {
  try {
    return openSecret(sealed);
  } catch (error) {
    throw new UnsealError(`it cannot be unsealed: ${messageOf(error)}`, { cause: error });
  }
}
