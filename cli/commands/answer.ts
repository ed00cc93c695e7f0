import { Command } from 'commander';
import type { AnswerKind } from '../../core/request/commands.ts';
import type { AnswerOptions } from '../actions/answer.ts';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';

type OtherAnswer = Exclude<AnswerKind, 'approve' | 'end'>;

const DOES: Readonly<Record<OtherAnswer, string>> = {
  deny: 'deny a request, with a reason',
  withdraw: 'withdraw your own request while it is pending',
};

/** `curfew deny|withdraw <request>` */
export const answerCommands = (): readonly Command[] =>
  (Object.keys(DOES) as readonly OtherAnswer[]).map(answerCommand);

function answerCommand(kind: OtherAnswer): Command {
  const command = new Command(kind)
    .description(DOES[kind])
    .argument('<request>', 'the id of the request, or its last letters')
    .option(...AS_OPTION)
    .addHelpText('after', AS_HELP);
  if (kind === 'deny')
    command.requiredOption('-r, --reason <text>', 'why you deny it; the requester reads this text');
  return command.action(async (text: string, options: AnswerOptions) =>
    (await import('../actions/answer.ts')).runAnswer(kind, text, options),
  );
}
