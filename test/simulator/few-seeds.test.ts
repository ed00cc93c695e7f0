import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/import-table.ts';
import type { ShortRun } from '../../simulator/short-run.ts';

test('a naive bot breaks its promises in nine seeds, and Curfew keeps them in five', async () => {
  const program = join(ROOT, 'simulator/short-run.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, '--few'], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { broken, clean } = JSON.parse(stdout) as ShortRun;
  expect(broken).toEqual(expect.arrayContaining(['expiry', 'standing', 'held', 'decisions', 'rest']));
  expect(clean).toHaveLength(5);
  expect(clean.flatMap(({ violations }) => violations)).toEqual([]);
});
