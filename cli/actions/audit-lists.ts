import {
  answerPage,
  type Column,
  emptyText,
  QUESTIONS,
  type QuestionInput,
  type QuestionName,
  questionQuery,
} from '../../audit/questions/index.ts';
import type { PersonId } from '../../core/ids.ts';
import { personIsKnown, sayIdsOnly } from '../terminal/known-names.ts';
import { periodTyped } from '../terminal/moments.ts';
import { type AnswerOptions, printAnswer } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';

/** What the command of a question has as options. `over` and `under` are seconds. */
export type ListOptions = AnswerOptions &
  Readonly<{ from?: string; to?: string; over?: number; under?: number }>;

/** `curfew audit refusals`, and every other question whose answer is a list. `typed` is the person, when one was named. */
export const runAuditList = (
  name: QuestionName,
  typed: string | undefined,
  options: ListOptions,
): Promise<void> =>
  withAuditLedger(async ({ ledger, config }) => {
    const person = typed as PersonId | undefined;
    if (person !== undefined) {
      sayIdsOnly(config);
      const any = await answerPage(ledger, questionQuery(name, { person }), { most: 1 });
      if (any.rows.length === 0) await personIsKnown(config, person);
    }
    const seconds = options.over ?? options.under;
    const asked: QuestionInput = {
      ...periodTyped(options, await ledger.now()),
      ...(seconds === undefined ? {} : { seconds }),
      ...(person === undefined ? {} : { person }),
    };
    const table = { columns: headings(QUESTIONS[name].columns), empty: emptyText(name, asked) };
    await printAnswer(ledger, questionQuery(name, asked), options, table);
  });

/** The headings of a table at a terminal, whose times are in UTC. */
const headings = (columns: readonly Column[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    columns.flatMap(({ key, label, kind, only }) =>
      only === 'page' ? [] : [[key, `${label.toUpperCase()}${kind === 'time' ? ' (UTC)' : ''}`]],
    ),
  );
