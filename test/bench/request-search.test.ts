import { beforeAll, expect, test } from '@jest/globals';
import { measureRequestSearch, type RequestSearches } from '../../bench/request-search.ts';
import { searchLines } from '../../bench/table.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';

let measured: RequestSearches;
beforeAll(async () => {
  const database = await freshDatabase();
  try {
    measured = await measureRequestSearch({ requests: 2000, rounds: 1 }, database.url);
  } finally {
    await database.drop();
  }
});

test('each search has a page and a count, and a plan', () => {
  expect(measured.searches.length).toBeGreaterThan(150);
  for (const { pages, counts, plan } of measured.searches) {
    expect([pages.length, counts.length]).toEqual([1, 1]);
    expect(plan.join('\n')).toContain('Execution Time');
  }
});

test('the slowest search comes first, with its ratio to a scan and its plan', () => {
  const lines = searchLines({
    searches: [
      { search: 'person:ana', pages: [2, 2, 2], counts: [1], plan: ['quick'] },
      { search: 'refused:yes', pages: [4, 8, 200], counts: [3], plan: ['Seq Scan'] },
    ],
    scans: [2, 2, 2],
  });
  expect(lines.split('\n')[1]?.trim().split(/ {2,}/)).toEqual(['refused:yes', '8.00', '4.00', '3.00']);
  expect(lines).toMatch(/Pages over 100 ms: 0 of 2\.[^]*\n {2}Seq Scan$/);
});
