import type { App, RespondFn } from '@slack/bolt';
import { type BotDeps, callerOf, isEphemeral } from '../deps.ts';
import { parseButtonValue } from '../blocks/buttons.ts';
import { phraseMessage } from '../blocks/phrase-message.ts';
import { phrase } from '../../wording/phrase.ts';
import { answerUnknownButton } from './unknown-button.ts';

/** The buttons of a request that need no form. Each click is stored and then acknowledged. A worker decides it. */
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
}

/** A message that only one person sees is never drawn again, so its buttons go when one of them was pressed. */
const replaceCard = (respond: RespondFn) =>
  respond({
    replace_original: true,
    ...phraseMessage([
      phrase`Your click is recorded. The card of the request in your direct messages shows what became of it.`,
    ]),
  });
