import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type Question,
  QUESTION_NAMES,
  type QuestionName,
  QUESTIONS,
  type Seconds,
} from '../../../audit/questions/registry/index.ts';
import type { ListOptions } from '../../actions/audit-lists.ts';
import { addAnswerOptions, addPeriodOptions } from './options.ts';

/** `curfew audit refusals`, and a command for every other question whose answer is a list. */
export const listCommands = (): readonly Command[] =>
  QUESTION_NAMES.map((name) => {
    const question = QUESTIONS[name];
    const command = addAnswerOptions(
      withQuestionOptions(new Command(name).description(question.about), question),
    );
    if (question.example !== undefined)
      command.addHelpText('after', `\n  curfew audit ${name} ${question.example}`);
    return question.byPerson === undefined
      ? command.action((options: ListOptions) => run(name, undefined, options))
      : command.action((person: string | undefined, options: ListOptions) => run(name, person, options));
  });

const run = async (name: QuestionName, person: string | undefined, options: ListOptions): Promise<void> =>
  (await import('../../actions/audit-lists.ts')).runAuditList(name, person, options);

function withQuestionOptions(command: Command, { byPerson, span, seconds }: Question): Command {
  if (byPerson !== undefined) command.argument('[person]', 'the id of a person, also of one who left');
  if (span !== 'always') addPeriodOptions(command);
  return seconds ? command.addOption(secondsOption(seconds)) : command;
}

const secondsOption = ({ kind, about, usual, why }: Seconds): Option =>
  new Option(`--${kind} <seconds>`, about).argParser(parseSeconds).default(usual, why);

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Reads a number of seconds: 10, 10s, 2m or 1h. */
function parseSeconds(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|h)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('The value is a time such as 10s or 2m.');
  return Number(amount) * (UNIT_SECONDS[unit.toLowerCase()] ?? 1);
}
