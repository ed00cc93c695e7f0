import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/import-table.ts';
import { PLANTED_BUGS } from '../../simulator/planted/index.ts';
import type { ShortRun } from '../../simulator/short-run.ts';

/** A busy machine is slow, and no test here is about time. */
const LIMIT_MS = 900_000;

let short: ShortRun;

/** The simulator replaces the clock of its process, so it has a process of its own. It uses the Postgres server of this test run. */
beforeAll(async () => {
  const program = join(ROOT, 'simulator/short-run.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  short = JSON.parse(stdout) as ShortRun;
}, LIMIT_MS);

test('a naive bot breaks its promises within a few seeds, so the checkers see what they must', () => {
  expect([...new Set(short.broken)]).toEqual(
    expect.arrayContaining(['expiry', 'standing', 'held', 'decisions', 'rest']),
  );
});

test('Curfew keeps them in some seeds (I1, I3, I5, I6, I7, I8, I9, I10, I11, I13, I15, I17)', () => {
  expect(short.clean.length).toBeGreaterThanOrEqual(12);
  expect(short.clean.flatMap(({ violations }) => violations)).toEqual([]);
});

test('the same seed gives the same log, byte for byte', () => {
  const again = short.clean.at(-1);
  const before = short.clean.find(({ seed }) => seed === again?.seed);
  expect(before).not.toBe(again);
  expect(before?.log.length).toBeGreaterThan(30);
  expect(before?.log).toEqual(again?.log);
});

/** Failures of other tools of which a planted bug is noticed. docs/invariants.md explains these ids, and the test below is for them. */
const NOTICED = ['B10', 'B13', 'B17', 'B30', 'B40', 'B42', 'B45'];

test('each planted bug is noticed by the seed that noticed it before', () => {
  const known = PLANTED_BUGS.filter(({ seed }) => seed !== undefined);
  expect(known.length).toBeGreaterThanOrEqual(62);
  expect(NOTICED.filter((id) => !known.some(({ ids }) => ids.split(', ').includes(id)))).toEqual([]);
  expect(short.planted.map(({ name }) => name)).toEqual(known.map(({ name }) => name));
  expect(short.planted.filter(({ violations }) => violations.length === 0)).toEqual([]);
});
