import { beforeAll, expect, test } from '@jest/globals';
import { measureQuestions, type Questions } from '../../bench/questions.ts';
import { questionsTable } from '../../bench/table.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';

let measured: Questions;
beforeAll(async () => {
  const database = await freshDatabase();
  try {
    measured = await measureQuestions({ grants: 4000, moments: 3 }, database.url);
  } finally {
    await database.drop();
  }
});

test('each moment has an answer, and a scan of as many rows', () => {
  expect(measured.rows).toHaveLength(3);
  for (const rows of measured.rows) expect(rows).toBeGreaterThan(100);
  for (const ms of [...measured.answers, ...measured.scans]) expect(ms).toBeGreaterThan(0);
});

test('the ratio is that of the medians', () => {
  const table = questionsTable({ answers: [2, 4, 9], scans: [1, 2, 3], rows: [5, 6, 7] });
  const line = table.split('\n').find((each) => each.trim().startsWith('ms'));
  expect(line?.trim().split(/ {2,}/)[3]).toBe('2.00');
});
