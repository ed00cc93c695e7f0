import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { messageOf } from '../../core/faults.ts';
import { type LeaseId, requestIdOfLease } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { unreachable } from '../../core/result.ts';
import type { Click } from '../../ledger/index.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { checkAccount } from '../../inbox/account-checks.ts';
import { deliver, SecretUnreadable } from '../../requests/deliver.ts';
import { readRequestView, type RequestView } from '../../requests/view.ts';
import { parsePasswordButtonValue } from '../blocks/buttons.ts';
import { passwordModal, messageModal } from '../blocks/modals.ts';
import { code, type Phrase, phrase } from '../../wording/phrase.ts';
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
    const { view, hasPassword } = await answerTo(deps, lease, click).catch((error: unknown) => {
      deps.warn(`a password was not shown: ${messageOf(error)}`);
      return without(error instanceof SecretUnreadable ? SEALED_WITH_OTHER_KEY : internalErrorPhrase(error));
    });
    await client.views.update({ view_id: opened.view?.id ?? '', view });
    // A gateway that is killed before this leaves the password in the ledger, for another press.
    if (hasPassword) await deps.deciding.eraseSecret(lease);
  });
}

type Answer = Readonly<{ view: ModalView; hasPassword: boolean }>;

const without = (message: Phrase, nameOf?: RequestView['nameOf']): Answer => ({
  view: messageModal(TITLE, message, nameOf),
  hasPassword: false,
});

/** What answers the click: the password, or why there is none. */
async function answerTo(deps: BotDeps, lease: LeaseId, click: Click): Promise<Answer> {
  const request = await readRequestView(deps, click.request); // It can fail, so it is read before the delivery.
  if (click.person) await checkAccount(deps, click); // An account of nobody is refused whatever Slack says.
  const delivered = await deliver({ ...deps, ledger: deps.deciding }, lease, click);
  switch (delivered.kind) {
    case 'credential':
      return {
        view: passwordModal(request?.title ?? 'your access', delivered.text, delivered.endsAt),
        hasPassword: true,
      };
    case 'none':
      return without(phrase`There is no password for this access.`);
    case 'refused':
      return refusalAnswer(deps, request, delivered.refusal);
    default:
      return unreachable(delivered);
  }
}

async function refusalAnswer(
  deps: BotDeps,
  request: RequestView | undefined,
  refusal: Refusal,
): Promise<Answer> {
  if (refusal.code === 'unknown-person') return without(unknownPersonPhrase(await deps.policy.problem()));
  return without(refusalPhrase(refusal, 'deliver'), request?.nameOf);
}
