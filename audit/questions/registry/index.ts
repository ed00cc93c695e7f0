import type { Instant, PersonId } from '../../../core/ids.ts';
import type { AuditCondition, AuditQuery } from '../../../ledger/index.ts';
import { type Period, within } from '../period.ts';
import { APPROVALS } from './approvals.ts';
import { FINDINGS } from './findings.ts';
import type { Question } from './question.ts';
import { RECORDS } from './records.ts';

export type { Column, Kind } from './column.ts';
export type { Evidence, Question, Seconds } from './question.ts';

/** Every question as it is written, so that a type can say which of them have a part. */
export const REGISTRY = { ...APPROVALS, ...FINDINGS, ...RECORDS } as const;

export type QuestionName = keyof typeof REGISTRY;

/** The names of the questions that have this part. */
export type QuestionWith<Part extends keyof Question> = {
  [Name in QuestionName]: (typeof REGISTRY)[Name] extends Readonly<Record<Part, unknown>> ? Name : never;
}[QuestionName];

/** Every question of an auditor whose answer is a list, by the name of its command, in the order in which people read them. */
export const QUESTIONS: Readonly<Record<QuestionName, Question>> = REGISTRY;
export const QUESTION_NAMES = Object.keys(QUESTIONS) as readonly QuestionName[];

/** What a question is asked with. `seconds` and `person` count only for a question that has them. */
export type QuestionInput = Period & Readonly<{ seconds?: number; person?: PersonId }>;

const BEGINNING = 0 as Instant;
const END = Date.parse('9999-01-01T00:00:00Z') as Instant;

/** A question as a query of its view. */
export function questionQuery(name: QuestionName, asked: QuestionInput = {}): AuditQuery {
  const { view, where = [], seconds } = QUESTIONS[name];
  const limit: readonly AuditCondition[] = seconds
    ? [{ kind: seconds.kind, column: 'seconds', value: asked.seconds ?? seconds.usual }]
    : [];
  const by: readonly AuditCondition[] =
    asked.person === undefined ? [] : [{ kind: 'is', column: 'person', value: asked.person }];
  return { view, where: [...where, ...limit, ...by, ...timeOf(QUESTIONS[name], asked)] };
}

function timeOf({ span }: Question, { from, to }: Period): readonly AuditCondition[] {
  if (span === 'always') return [];
  if (span === 'during') return [{ kind: 'during', from: from ?? BEGINNING, to: to ?? END }];
  return within('at', { from, to });
}

/** The sentence for an answer without rows. */
export function emptyText(name: QuestionName, { seconds, person }: QuestionInput = {}): string {
  const { empty, byPerson, seconds: limit } = QUESTIONS[name];
  if (person !== undefined && byPerson !== undefined) return `${person} ${byPerson}`;
  return typeof empty === 'string' ? empty : empty(seconds ?? limit?.usual ?? 0);
}

/** The command that gives the answer of a question for a period. */
export function questionCommand(name: QuestionName, { from, to }: Period): string {
  const { seconds, span } = QUESTIONS[name];
  const moment = (option: string, at: Instant | undefined): readonly string[] =>
    at === undefined || span === 'always' ? [] : [`--${option} ${new Date(at).toISOString()}`];
  return [
    `curfew audit ${name}`,
    ...(seconds ? [`--${seconds.kind} ${seconds.usual}s`] : []),
    ...moment('from', from),
    ...moment('to', to),
  ].join(' ');
}
