import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Record as Accepted, survivorsOf } from './survivors.ts';

const source = 'export const isLate = (at: number) =>\n  at >= end;\n';
const mutant = (status: string, replacement: string) => ({
  status,
  replacement,
  location: { start: { line: 2, column: 3 }, end: { line: 2, column: 12 } },
});
const report = (...mutants: readonly ReturnType<typeof mutant>[]) => ({
  files: { 'core/late.ts': { source, mutants } },
});

test('a survivor is a change that no test noticed or reached, with its line before and after', () => {
  expect(survivorsOf(report(mutant('Survived', 'at > end'), mutant('NoCoverage', 'true')))).toEqual({
    score: 0,
    mutants: 2,
    survivors: [
      { file: 'core/late.ts', line: 'at >= end;', became: 'at > end;' },
      { file: 'core/late.ts', line: 'at >= end;', became: 'true;' },
    ],
    timedOut: [],
  });
});

test('the score is the share of the changes that tests noticed, also by a timeout; ignored changes do not count', () => {
  const { score, mutants } = survivorsOf(
    report(
      mutant('Killed', 'a'),
      mutant('Timeout', 'b'),
      mutant('Survived', 'c'),
      mutant('Ignored', 'd'),
      mutant('RuntimeError', 'e'),
    ),
  );
  expect([score, mutants]).toEqual([66.7, 3]);
});

test('a change that was noticed because its tests did not end is listed', () => {
  const slow = { ...mutant('Killed', 'b'), statusReason: 'Error: Exceeded timeout of 20000 ms for a test.' };
  const failed = { ...mutant('Killed', 'c'), statusReason: 'Error: expect(received).toBe(expected)' };
  const { timedOut } = survivorsOf(report(mutant('Timeout', 'a'), slow, failed));
  expect(timedOut.map(({ became }) => became)).toEqual(['a;', 'b;']);
});

const RECORDS = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));

test.each(RECORDS)(
  'every survivor in %s is accepted for a reason, and its line is still in the code',
  (name) => {
    const { accepted } = JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Accepted;
    const source = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
    expect(accepted.filter(({ reason }) => reason.trim() === '')).toEqual([]);
    expect(accepted.filter(({ file, line }) => !source(file).includes(line))).toEqual([]);
  },
);
