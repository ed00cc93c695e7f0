import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-place-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The value of an expression of `scripts/test-place.mjs`. */
const valueOf = (expression: string, env: NodeJS.ProcessEnv = process.env): unknown =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import * as place from './scripts/test-place.mjs'; console.log(JSON.stringify(${expression}))`,
      ],
      { cwd: ROOT, encoding: 'utf8', env },
    ),
  );

describe('the folder for the temporary files of a run', () => {
  test('is the one that TMPDIR names', () =>
    expect(valueOf('place.temporaryPlace()', { ...process.env, TMPDIR: folder })).toBe(folder));

  test.each([
    ['four gigabytes', true, 4 * 1024 ** 3],
    ['a byte less', false, 4 * 1024 ** 3 - 1],
  ])('with %s of memory is usable: %s', (_, isFit, bytes) =>
    expect(valueOf(`place.isFit(${JSON.stringify(folder)}, ${bytes})`)).toBe(isFit),
  );

  test('is not used when no program can be started in it', () =>
    expect(valueOf('place.isFit("/proc", Infinity)')).toBe(false));

  test('has nothing in it after the question', () => {
    valueOf(`place.isFit(${JSON.stringify(folder)}, Infinity)`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['/proc', '/there is no such folder'])('is not in memory: %s', (place) =>
    expect(valueOf(`place.freeMemoryIn(${JSON.stringify(place)})`)).toBe(0),
  );
});
