import type { App } from '@slack/bolt';
import { OTHER_WORDS, QUESTION_WORDS } from '../../core/command-words.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { openEndAll } from './end-all.ts';
import { openRequestForm } from './request-form.ts';
import { type OneLine, readOneLine, requestInOneLine } from './one-line.ts';
import { answerAccessList, answerHelp } from './own-answers.ts';
import { answerQuestion, parseQuestion, type Question } from './questions.ts';

/** What the text after `/access` means. */
export type ParsedCommand = Readonly<
  | { kind: 'help' | 'list' | 'form' }
  | { kind: 'form'; entitlement: string }
  | { kind: 'end'; what: string }
  | { kind: 'question'; question: Question }
  | ({ kind: 'request' } & OneLine)
>;

/** Parses one line: what, how long, why. One word alone opens the form with that entitlement. */
export function parseCommand(text: string): ParsedCommand {
  const [, entitlement = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  if (entitlement === '') return { kind: 'form' };
  const question = QUESTION_WORDS.find((each) => each === entitlement.toLowerCase());
  if (question)
    return { kind: 'question', question: parseQuestion(question, text.trim().slice(question.length)) };
  const word = OTHER_WORDS.find((each) => each === entitlement.toLowerCase());
  if (word === 'end') return { kind: word, what: rest };
  if (word) return { kind: word };
  if (rest === '') return { kind: 'form', entitlement };
  return { kind: 'request', ...readOneLine(entitlement, rest) };
}

export function listenForAccessCommand(app: App, deps: BotDeps): void {
  app.command('/access', async ({ command, ack, client, respond }) => {
    const caller = callerOf(command);
    const typed = parseCommand(command.text);
    switch (typed.kind) {
      case 'request': {
        const { kind: _kind, ...line } = typed;
        return requestInOneLine(deps, { caller, line, typed: `/access ${command.text}`, ack });
      }
      case 'help':
        return ack({ response_type: 'ephemeral', ...(await answerHelp(deps, caller)) });
      case 'question':
        await ack();
        for (const message of await answerQuestion({ deps, client }, caller, typed.question))
          await respond({ response_type: 'ephemeral', ...message });
        return undefined;
      case 'list':
        await ack();
        return void (await respond({
          response_type: 'ephemeral',
          ...(await answerAccessList(deps, caller)),
        }));
      case 'end':
        await ack();
        return openEndAll(deps, client, { trigger: command.trigger_id, caller, typed: typed.what });
      case 'form': {
        await ack();
        const draft = 'entitlement' in typed ? { entitlement: typed.entitlement } : {};
        return openRequestForm(deps, client, { trigger: command.trigger_id, caller, draft });
      }
    }
  });
}
