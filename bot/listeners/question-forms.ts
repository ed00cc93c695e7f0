import type { App } from '@slack/bolt';
import { isBlank } from '../../core/text.ts';
import { readRequestView } from '../../requests/view.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { parseButtonValue } from '../blocks/buttons.ts';
import { questionModal } from '../blocks/questions.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { plainText } from '../mrkdwn.ts';
import { refusalAtClick } from './refusal-at-click.ts';
import { answerUnknownButton } from './unknown-button.ts';

/** The buttons `Ask…` and `Answer…` and their forms. What is submitted is stored and then acknowledged. A worker decides it. */
export function listenForQuestions(app: App, deps: BotDeps): void {
  for (const kind of ['ask', 'answer'] as const) {
    app.action(kind, async ({ ack, body, action, client }) => {
      const caller = callerOf(body);
      const value = parseButtonValue('value' in action ? action.value : undefined);
      const view = value && (await readRequestView(deps, value.request));
      if (!view || body.type !== 'block_actions') {
        await ack();
        return answerUnknownButton(client, caller);
      }
      if (await refusalAtClick(deps, caller, { kind, ...value })) {
        // It is stored without a text, so it can only be refused. The worker records why, and the person is told.
        await deps.inbox.receive(caller, { kind, request: value.request, body: { digest: value.digest } });
        return ack();
      }
      await ack();
      const metadata = JSON.stringify({ ...value, channel: caller.channel, message: caller.message });
      await client.views.open({ trigger_id: body.trigger_id, view: questionModal(kind, view, metadata) });
    });

    app.view(kind, async ({ ack, body, view }) => {
      const { request, digest, channel, message } = JSON.parse(view.private_metadata) as Record<
        string,
        string | undefined
      >;
      const value = parseButtonValue(`${request} ${digest}`);
      const note = view.state.values['note']?.['text']?.value?.trim() ?? '';
      if (!value || isBlank(note))
        return ack({
          response_action: 'errors',
          errors: { note: plainText(refusalPhrase({ code: 'text-missing' })) },
        });
      const caller = { ...callerOf(body), channel, message };
      await deps.inbox.receive(caller, {
        kind,
        request: value.request,
        body: { digest: value.digest, note },
      });
      return ack();
    });
  }
}
