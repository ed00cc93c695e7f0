import { expect, test } from '@jest/globals';
import { riskActions } from '../../providers/aws-iam/risks.ts';
import { PAGE } from './aws-iam-docs.fixture.ts';
import { PROOFS } from './aws-iam-proofs.fixture.ts';
import { problemOfProof, problemsOfPage } from './provider-page.fixture.ts';

test('a test shows each way to have or keep access that the page names, or the page marks it', () => {
  expect(problemsOfPage(PAGE, PROOFS)).toEqual([]);
});

test('a proof that names no test is found', () => {
  expect(problemOfProof('test/providers/aws-iam-page.test.ts: a way that nobody ' + 'tried')).toContain(
    'has nothing about',
  );
  expect(problemOfProof('somebody tried it')).toContain('no such test');
});

test('a way is found that nothing shows, that the page marks wrongly, or that is not on the page', () => {
  const [first] = Object.keys(PROOFS['Access that can remain after the end']);
  const without = PAGE.replace(` ${first};`, ' a way of nobody; a role’s tunnel †;');
  expect(problemsOfPage(without, PROOFS)).toEqual([
    'nothing shows "a way of nobody"',
    'nothing shows "a role’s tunnel †"',
    `not on the page: ${first}`,
  ]);
  expect(problemsOfPage(PAGE.replace(` ${first};`, ` ${first} †;`), PROOFS)).toEqual([
    `a test shows "${first} †"`,
  ]);
  expect(problemsOfPage(PAGE.replaceAll(' †', ''), PROOFS)[0]).toContain('needs the mark †');
});

test('the page says how many actions the card warns of', () => {
  const [, hundreds = ''] = /has over (\d+)00 such actions/.exec(PAGE) ?? [];
  expect(Number(hundreds)).toBe(Math.floor(riskActions().length / 100));
});
