import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answersFrom } from '../verify/verify.mjs';
import type { EvidenceQuery, EvidenceName } from './questions.ts';

/** The rows of an answer. */
export type AnswerRow = Readonly<Record<string, unknown>>;
export type AnswerRows = ReadonlyMap<EvidenceName, readonly AnswerRow[]>;
/** `root`: draws the sample. `incompleteBefore`: of the time before it, requests were purged. Null: nothing was purged. */
type Answers = Readonly<{ answers: AnswerRows; root: string; incompleteBefore: string | null }>;

/**
 * Makes the answers to questions from the exported log in a folder, up to the entry of an order, and writes each as CSV and as JSON lines. The verifier
 * makes them in the same way, so nothing can be in an answer that the log does not have.
 */
export async function writeAnswers(
  folder: string,
  names: readonly EvidenceName[],
  { asked, order, answeredAt }: Readonly<{ asked: EvidenceQuery; order: string; answeredAt: number }>,
): Promise<Answers> {
  const { from, to, entitlement = null, provider = null } = asked;
  const wanted = { names, order, asked: { from, to, answeredAt, scope: { entitlement, provider } } };
  const { answers, ...its } = answersFrom(folder, wanted);
  for (const { name, csv, jsonl } of answers)
    for (const [type, lines] of Object.entries({ csv, jsonl }))
      await writeLines(join(folder, 'evidence', `${name}.${type}`), lines);
  return { answers: new Map(answers.map(({ name, rows }) => [name as EvidenceName, rows])), ...its };
}

export const writeLines = (file: string, lines: readonly string[]): Promise<void> =>
  writeFile(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
