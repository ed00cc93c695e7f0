import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/import-table.ts';
import type { Document } from './iam-evaluator.fixture.ts';

export const PAGE = readFileSync(join(ROOT, 'docs/providers/aws-iam.md'), 'utf8');

/** The policy document that the page has under this heading. */
export function documentOf(heading: string): Document {
  const block = PAGE.split(`### ${heading}\n`)[1]?.split('```json\n')[1]?.split('```')[0];
  if (block === undefined) throw new Error(`the page has no document under "${heading}"`);
  return JSON.parse(block) as Document;
}

export const GRANTS = documentOf('The credential that grants');
export const REVOKES = documentOf('The credential that only revokes');
export const REAPS = documentOf('The credential of the reaper');
export const BOUNDARY = 'arn:aws:iam::123456789012:policy/curfew-boundary';
export const GRANTER = 'arn:aws:sts::123456789012:assumed-role/curfew-granter/i-0123';
export const REAPER = 'arn:aws:sts::123456789012:assumed-role/curfew-reaper/i-0123';
export const REVOKER = 'arn:aws:sts::123456789012:assumed-role/curfew-revoker/i-0123';

/** The document without one action. */
export const without = (document: Document, action: string): Document => ({
  ...document,
  Statement: [document.Statement].flat().flatMap((statement) => {
    const Action = [statement.Action ?? []].flat().filter((each) => each !== action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  }),
});

/** The document with one more statement that allows this. */
export const withMore = (
  document: Document,
  Action: string | readonly string[],
  Resource: string,
): Document => ({
  ...document,
  Statement: [...[document.Statement].flat(), { Effect: 'Allow', Action, Resource }],
});
