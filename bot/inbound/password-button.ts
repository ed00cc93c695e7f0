import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { messageOf } from '../../core/faults.ts';
import { requestIdOfLease } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { WAITS } from '../../core/waits.ts';
import { waitForOutcome } from '../../inbox/click-outcome.ts';
import type { DeliveredSecret } from '../../ledger/index.ts';
import { SecretUnreadable, takePassword } from '../../requests/take-password.ts';
import { readRequestView, type RequestView } from '../../requests/view.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { parsePasswordButtonValue } from '../cards/buttons.ts';
import { passwordModal, messageModal } from '../cards/modals.ts';
import { code, type Phrase, phrase } from '../../wording/phrase.ts';
import { internalErrorPhrase, refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';

const TITLE = 'Your password';
const NO_PASSWORD = phrase`There is no password for this access.`;
const NOT_DECIDED = phrase`Your click is recorded, but Curfew has not decided it yet. Press the button again in a minute. The password is not lost.`;
const SEALED_WITH_OTHER_KEY = phrase`This password cannot be shown, because it was sealed with another key than the one that Curfew has now. It can still be shown once: the operator of Curfew can put the old ${code('CURFEW_SECRET_KEY')} back. Otherwise end the access and request it again.`;

/**
 * Shows the password of a lease to its requester, once. A worker decides whether the person may see it. Nothing here
 * decides, and without that decision the ledger does not return the password.
 */
export function listenForPasswordButton(app: App, deps: BotDeps): void {
  app.action(/^deliver(-\d+)?$/, async ({ ack, body, action, client }) => {
    const caller = callerOf(body);
    const lease = parsePasswordButtonValue('value' in action ? action.value : undefined);
    if (!lease || body.type !== 'block_actions') return ack();
    const request = requestIdOfLease(lease);
    const { id: click } = await deps.inbox.receive(caller, { kind: 'deliver', request, body: { lease } });
    await ack();
    // A trigger is valid for three seconds, but a view that it opened does not expire.
    const opened = await client.views.open({
      trigger_id: body.trigger_id,
      view: messageModal(TITLE, phrase`One moment…`),
    });
    const { view, hasPassword } = await answerTo(deps, { lease, click }).catch((error: unknown) => {
      deps.warn(`a password was not shown: ${messageOf(error)}`, { request });
      return without(error instanceof SecretUnreadable ? SEALED_WITH_OTHER_KEY : internalErrorPhrase(error));
    });
    await client.views.update({ view_id: opened.view?.id ?? '', view });
    // A gateway that is killed before this leaves the password in the ledger, for another press.
    if (hasPassword) await deps.ledger.eraseSecret({ lease, click });
  });
}

type Answer = Readonly<{ view: ModalView; hasPassword: boolean }>;

const without = (message: Phrase, nameOf?: RequestView['nameOf']): Answer => ({
  view: messageModal(TITLE, message, nameOf),
  hasPassword: false,
});

/** What answers the click: the password, or why there is none. */
async function answerTo(deps: BotDeps, delivered: DeliveredSecret): Promise<Answer> {
  const outcome = await waitForOutcome(deps.ledger, delivered.click, WAITS.clickDecision.ms);
  if (!outcome) return without(NOT_DECIDED);
  const request = await readRequestView(deps, requestIdOfLease(delivered.lease));
  if (outcome.kind === 'refused') return refusalAnswer(deps, request, outcome.refusal);
  const password = await takePassword(deps, delivered);
  if (!password) return without(NO_PASSWORD);
  return {
    view: passwordModal(request?.title ?? 'your access', password.text, password.endsAt),
    hasPassword: true,
  };
}

async function refusalAnswer(
  deps: BotDeps,
  request: RequestView | undefined,
  refusal: Refusal,
): Promise<Answer> {
  if (refusal.code === 'unknown-person') return without(unknownPersonPhrase(await deps.policy.problem()));
  return without(refusalPhrase(refusal, 'deliver'), request?.nameOf);
}
