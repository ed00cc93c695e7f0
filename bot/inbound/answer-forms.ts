import type { App } from '@slack/bolt';
import { isBlank } from '../../core/text.ts';
import { type RequestView, readRequestView } from '../../requests/view.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { parseButtonValue, type ButtonValue } from '../cards/buttons.ts';
import { denyModal, questionModal } from '../cards/modals.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { plainText } from '../cards/mrkdwn.ts';
import { answerUnknownButton } from './answer-buttons.ts';
import { accountRefusal } from '../../core/account.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { refusalOfAnswer } from '../../requests/answer.ts';
import type { SlackCaller } from './slack-inbox.ts';

/** Draws the form of each answer that comes with a text. */
const FORMS = {
  deny: denyModal,
  ask: (view: RequestView, metadata: string) => questionModal('ask', view, metadata),
  answer: (view: RequestView, metadata: string) => questionModal('answer', view, metadata),
} as const;

/** The buttons `Deny…`, `Ask…` and `Answer…` and their forms. What is submitted is stored and then acknowledged. A worker decides it. */
export function listenForAnswerForms(app: App, deps: BotDeps): void {
  for (const kind of ['deny', 'ask', 'answer'] as const) {
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
      await client.views.open({ trigger_id: body.trigger_id, view: FORMS[kind](view, metadata) });
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
          errors: {
            note: plainText(
              refusalPhrase({ code: kind === 'deny' ? 'denial-reason-missing' : 'text-missing' }),
            ),
          },
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

/**
 * Why this person may not answer the request now. It is judged at the click, because the forms of a denial, a question and an answer show
 * the reason of the request. A worker judges it again when the form is sent.
 */
export async function refusalAtClick(
  deps: BotDeps,
  caller: SlackCaller,
  { kind, request, digest }: ButtonValue & Readonly<{ kind: 'deny' | 'ask' | 'answer' }>,
): Promise<Refusal | undefined> {
  const person = await deps.inbox.personOf(caller);
  if (!person) return { code: 'unknown-person' };
  const why = accountRefusal(await deps.readAccount(caller.user), caller.user);
  return why ? { code: 'not-a-member', why } : refusalOfAnswer(deps, { kind, request, digest, by: person });
}
