import { expect, test } from '@jest/globals';
import { riskActions } from '../../providers/aws-iam/risks.ts';
import { PAGE } from './aws-iam-docs.fixture.ts';
import { problemOfProof, PROVEN_TABLES, proofsIn } from './provider-page.fixture.ts';

const section = (title: string): string => PAGE.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

test.each(PROVEN_TABLES)('each line of the table "%s" is a test, or says why it cannot be tried', (title) => {
  expect(proofsIn(section(title)).length).toBeGreaterThan(5);
  expect(proofsIn(section(title)).flatMap((proof) => problemOfProof(proof) ?? [])).toEqual([]);
});

test('a line that names no test is found', () => {
  expect(problemOfProof('test/providers/aws-iam-page.test.ts: a way that nobody ' + 'tried')).toContain(
    'has nothing about',
  );
  expect(problemOfProof('somebody tried it')).toContain('no such test');
});

test('the page says how many actions the card warns of', () => {
  const [, hundreds = ''] = /has over (\d+)00 such actions/.exec(PAGE) ?? [];
  expect(Number(hundreds)).toBe(Math.floor(riskActions().length / 100));
});
