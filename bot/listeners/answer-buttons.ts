import type { App, RespondFn } from '@slack/bolt';
import { isBlank } from '../../core/text.ts';
import { type BotDeps, callerOf, isEphemeral } from '../deps.ts';
import { readRequestView } from '../../requests/view.ts';
import { parseButtonValue } from '../blocks/buttons.ts';
import { denyModal } from '../blocks/modals.ts';
import { phraseMessage } from '../blocks/phrase-message.ts';
import { plainText } from '../mrkdwn.ts';
import { phrase } from '../../wording/phrase.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { refusalAtClick } from './refusal-at-click.ts';
import { answerUnknownButton } from './unknown-button.ts';

/** The buttons of a request. Each click is stored and then acknowledged. A worker decides it. */
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

  app.action('deny', async ({ ack, body, action, client }) => {
    const caller = callerOf(body);
    const value = parseButtonValue('value' in action ? action.value : undefined);
    const view = value && (await readRequestView(deps, value.request));
    if (!view || body.type !== 'block_actions') {
      await ack();
      return answerUnknownButton(client, caller);
    }
    if (await refusalAtClick(deps, caller, { kind: 'deny', ...value })) {
      // It is stored without a reason, so it can only be refused. The worker records why, and the person is told.
      await deps.inbox.receive(caller, {
        kind: 'deny',
        request: value.request,
        body: { digest: value.digest },
      });
      return ack();
    }
    await ack();
    const metadata = JSON.stringify({ ...value, channel: caller.channel, message: caller.message });
    await client.views.open({ trigger_id: body.trigger_id, view: denyModal(view, metadata) });
  });

  app.view('deny', async ({ ack, body, view }) => {
    const { request, digest, channel, message } = JSON.parse(view.private_metadata) as Record<
      string,
      string | undefined
    >;
    const value = parseButtonValue(`${request} ${digest}`);
    const note = view.state.values['note']?.['text']?.value?.trim() ?? '';
    if (!value || isBlank(note))
      return ack({
        response_action: 'errors',
        errors: { note: plainText(refusalPhrase({ code: 'denial-reason-missing' })) },
      });
    const caller = { ...callerOf(body), channel, message };
    await deps.inbox.receive(caller, {
      kind: 'deny',
      request: value.request,
      body: { digest: value.digest, note },
    });
    return ack();
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
