import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { messageOf } from '../../core/faults.ts';
import { type LeaseId, requestIdOfLease } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { unreachable } from '../../core/result.ts';
import type { Click } from '../../ledger/index.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { deliver, SecretUnreadable } from '../../requests/deliver.ts';
import { readRequestView, type RequestView } from '../../requests/view.ts';
import { parsePasswordButtonValue } from '../blocks/buttons.ts';
import { passwordModal, messageModal } from '../blocks/modals.ts';
import { code, phrase } from '../../wording/phrase.ts';
import { internalErrorPhrase, refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';

const TITLE = 'Your password';
const SEALED_WITH_OTHER_KEY = phrase`This password cannot be shown, because it was sealed with another key than the one that Curfew has now. It can still be shown once: the operator of Curfew can put the old ${code('CURFEW_SECRET_KEY')} back. Otherwise end the access and request it again.`;

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
      view: messageModal(TITLE, phrase`One moment…`),
    });
    const view = await viewFor(deps, lease, click).catch((error: unknown) => {
      deps.warn(`a password was not shown: ${messageOf(error)}`);
      return messageModal(
        TITLE,
        error instanceof SecretUnreadable ? SEALED_WITH_OTHER_KEY : internalErrorPhrase(error),
      );
    });
    await client.views.update({ view_id: opened.view?.id ?? '', view });
  });
}

/** The view that answers the click: the password, or why there is none. */
async function viewFor(deps: BotDeps, lease: LeaseId, click: Click): Promise<ModalView> {
  const request = await readRequestView(deps, click.request); // It can fail, so it is read before the delivery.
  const delivered = await deliver({ ...deps, ledger: deps.deciding }, lease, click);
  switch (delivered.kind) {
    case 'credential':
      return passwordModal(request?.title ?? 'your access', delivered.text, delivered.endsAt);
    case 'none':
      return messageModal(TITLE, phrase`There is no password for this access.`);
    case 'refused':
      return refusalModal(deps, request, delivered.refusal);
    default:
      return unreachable(delivered);
  }
}

async function refusalModal(
  deps: BotDeps,
  request: RequestView | undefined,
  refusal: Refusal,
): Promise<ModalView> {
  if (refusal.code === 'unknown-person')
    return messageModal(TITLE, unknownPersonPhrase(await deps.policy.problem()));
  return messageModal(TITLE, refusalPhrase(refusal, 'deliver'), request?.nameOf);
}
