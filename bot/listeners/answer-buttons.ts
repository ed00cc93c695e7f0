import type { App } from '@slack/bolt';
import { isBlank } from '../../core/text.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { readRequestView } from '../../requests/view.ts';
import { parseButtonValue } from '../blocks/buttons.ts';
import { denyModal } from '../blocks/modals.ts';
import { plainText } from '../mrkdwn.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { answerUnknownButton } from './unknown-button.ts';

/** The buttons of a request. Each click is stored and then acknowledged. A worker decides it. */
export function listenForAnswers(app: App, deps: BotDeps): void {
  for (const kind of ['approve', 'withdraw', 'end'] as const)
    app.action(kind, async ({ ack, body, action, client }) => {
      const caller = callerOf(body);
      const value = parseButtonValue('value' in action ? action.value : undefined);
      if (!value) {
        await ack();
        return answerUnknownButton(client, caller);
      }
      const { request, digest } = value;
      await deps.inbox.receive(caller, { kind, request, body: { digest } });
      return ack();
    });

  app.action('deny', async ({ ack, body, action, client }) => {
    await ack();
    const caller = callerOf(body);
    const value = parseButtonValue('value' in action ? action.value : undefined);
    const view = value && (await readRequestView(deps, value.request));
    if (!view || body.type !== 'block_actions') return answerUnknownButton(client, caller);
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
