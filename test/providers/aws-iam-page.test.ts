import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/import-table.ts';
import { riskActions } from '../../providers/aws-iam/risks.ts';
import { PAGE } from './aws-iam-docs.fixture.ts';

/** The last cell of each row of the table in a section, without its heading. */
const proofsOf = (title: string): readonly string[] =>
  (PAGE.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').at(-2)?.trim() ?? '')
    .filter((cell) => cell !== 'shown by' && !/^-+$/.test(cell));

/** The proof of a row is a test, by its file and a part of its title or data, or the reason why there is none. */
function problemOf(proof: string): string | undefined {
  if (/^cannot be tried here: \S/.test(proof)) return undefined;
  const [, file = '', title = ''] = /^`(test\/[\w./-]+\.ts)`: (.{8,})$/.exec(proof) ?? [];
  const path = join(ROOT, file);
  if (file === '' || !existsSync(path)) return `no such test: ${proof}`;
  return readFileSync(path, 'utf8').includes(title) ? undefined : `${file} has nothing about "${title}"`;
}

test.each(['Every way to have access that is not ours', 'Every way to keep it'])(
  'each line of the table "%s" is a test, or says why it cannot be tried',
  (title) => {
    expect(proofsOf(title).length).toBeGreaterThan(10);
    expect(proofsOf(title).flatMap((proof) => problemOf(proof) ?? [])).toEqual([]);
  },
);

test('a line that names no test is found', () => {
  expect(problemOf('`test/providers/aws-iam-page.test.ts`: a way that nobody ' + 'tried')).toContain(
    'has nothing about',
  );
  expect(problemOf('somebody tried it')).toContain('no such test');
});

test('the page says how many actions the card warns of', () => {
  const [, hundreds = ''] = /has over (\d+)00 such actions/.exec(PAGE) ?? [];
  expect(Number(hundreds)).toBe(Math.floor(riskActions().length / 100));
});
