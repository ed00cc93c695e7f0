import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { parseRequestId } from '../../core/ids.ts';
import { WAITS } from '../../core/waits.ts';
import { waitForOutcome } from '../../inbox/click-outcome.ts';
import { readRequestView } from '../../requests/view.ts';
import { phrase } from '../../wording/phrase.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { statusPhrase } from '../../wording/status.ts';
import { parseButtonValue } from '../cards/buttons.ts';
import { parseMemory, readFields } from '../cards/form-fields.ts';
import { messageModal } from '../cards/modals.ts';
import { phraseMessage } from '../cards/rendered-message.ts';
import { seenRequestModal } from '../cards/request-cards.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import type { SlackCaller } from './slack-inbox.ts';
import { formAgain, updateForm } from './form-content.ts';
import { messageOf } from '../../core/faults.ts';
import { openRequestForm } from './request-form.ts';

const NOT_DECIDED = phrase`Your click is recorded, but Curfew has not decided it yet. The message about the request will show it.`;

/** The buttons with which a person sees or withdraws an open request before they make a second one. */
export function listenForOpenRequests(app: App, deps: BotDeps): void {
  app.action('see-request', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button') return;
    const { trigger_id } = body;
    const view = await seenRequest(deps, callerOf(body), action.value ?? '');
    await (body.view ? client.views.push({ trigger_id, view }) : client.views.open({ trigger_id, view }));
  });

  app.action('withdraw-open', async ({ ack, body, action, client, respond }) => {
    // The message that was pressed is not a card of the request, so the courier must not draw the card there.
    const caller = { ...callerOf(body), message: undefined };
    const value = parseButtonValue('value' in action ? action.value : undefined);
    if (!value || body.type !== 'block_actions') return ack();
    const { request, digest } = value;
    const { id: click } = await deps.inbox.receive(caller, { kind: 'withdraw', request, body: { digest } });
    await ack();
    const outcome = await waitForOutcome(deps.ledger, click, WAITS.clickDecision.ms);
    const view = outcome && (await readRequestView(deps, request));
    const said = view ? statusPhrase(view) : NOT_DECIDED;
    const isRefused = outcome?.kind === 'refused'; // The courier says why.
    if (body.view) {
      const { state, private_metadata } = body.view;
      const form = { fields: readFields(state.values), memory: parseMemory(private_metadata) };
      const again = await formAgain(deps, await deps.inbox.personOf(caller), form);
      return updateForm(deps, client, body.view, { ...again, done: isRefused ? undefined : said });
    }
    if (isRefused) return;
    await respond({
      response_type: 'ephemeral',
      replace_original: false, // The message still has the button with what was typed.
      ...phraseMessage([said], view?.nameOf),
    });
  });
}

/** The request, for its requester only: any client can send any value. */
async function seenRequest(deps: BotDeps, caller: SlackCaller, value: string): Promise<ModalView> {
  const request = parseRequestId(value);
  const view = request.ok ? await readRequestView(deps, request.value) : undefined;
  if (!view) return messageModal('Your request', refusalPhrase({ code: 'unknown-request' }));
  return view.state.details.requester === (await deps.inbox.personOf(caller))
    ? seenRequestModal(view)
    : messageModal('Your request', refusalPhrase({ code: 'not-requester' }));
}

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
