import type { App } from '@slack/bolt';
import { parseRequestId, type PersonId, type RequestId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { Result } from '../../core/result.ts';
import { judgeExtension, lengthLeft } from '../../requests/extend.ts';
import { readRequestView } from '../../requests/view.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { parseButtonValue } from '../cards/buttons.ts';
import { EXTENSION_FIELDS, extensionFieldOf, extensionModal } from '../cards/extension.ts';
import { messageModal } from '../cards/modals.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { plainText } from '../cards/mrkdwn.ts';
import { answerUnknownButton } from './answer-buttons.ts';
import { strangerPhrase } from './reader.ts';

const TITLE = 'Extend the access';

/** The button `Extend…` and its form. What is submitted is stored and then acknowledged. A worker decides it. */
export function listenForExtensionForm(app: App, deps: BotDeps): void {
  app.action('extend', async ({ ack, body, action, client }) => {
    await ack();
    const caller = callerOf(body);
    const value = parseButtonValue('value' in action ? action.value : undefined);
    const view = value && (await readRequestView(deps, value.request));
    if (!view || body.type !== 'block_actions') return answerUnknownButton(client, caller);
    const person = await deps.inbox.personOf(caller);
    const left = person ? await lengthLeft(deps, view, person) : undefined;
    const metadata = JSON.stringify({
      request: view.id,
      channel: caller.channel,
      message: caller.message,
    });
    const modal = !left
      ? messageModal(TITLE, await strangerPhrase(deps, caller.user))
      : left.ok
        ? extensionModal(view, left.value, metadata)
        : messageModal(TITLE, refusalPhrase(left.error, 'extend'), view.nameOf);
    const form = { trigger_id: body.trigger_id, view: modal };
    await (body.view?.type === 'modal' ? client.views.push(form) : client.views.open(form));
  });

  app.view('extend', async ({ ack, body, view }) => {
    const { channel, message, ...metadata } = JSON.parse(view.private_metadata) as Record<
      string,
      string | undefined
    >;
    const caller = { ...callerOf(body), channel, message };
    const request = parseRequestId(metadata['request'] ?? '');
    const person = await deps.inbox.personOf(caller);
    const { values } = view.state;
    const length = values[EXTENSION_FIELDS.length]?.['choice']?.selected_option?.value ?? '';
    const reason = values[EXTENSION_FIELDS.reason]?.['text']?.value ?? '';
    const refusal = await refusalOf(deps, { request, person, length, reason });
    if (request.ok)
      await deps.inbox.receive(caller, {
        kind: 'extend',
        request: request.value,
        body: { length, reason, ...(refusal ? { refusal } : {}) },
      });
    if (!refusal) return ack();
    const errors = {
      [EXTENSION_FIELDS[extensionFieldOf(refusal)]]: plainText(refusalPhrase(refusal, 'extend')),
    };
    return ack({ response_action: 'errors', errors });
  });
}

type Submitted = Readonly<{
  request: Result<RequestId, string>;
  person: PersonId | null;
  length: string;
  reason: string;
}>;

/** Why the form cannot be sent, by the state and the policy of this moment. */
async function refusalOf(
  deps: BotDeps,
  { request, person, length, reason }: Submitted,
): Promise<Refusal | undefined> {
  if (!request.ok) return { code: 'unknown-request' };
  if (!person) return { code: 'unknown-person' };
  const judged = await judgeExtension(deps, {
    request: request.value,
    by: person,
    length,
    reason: reason.trim(),
  });
  return judged.ok ? undefined : judged.error;
}
