import { execFileSync, spawnSync } from 'node:child_process';
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

const { TMPDIR: _, ...withoutTmpdir } = process.env;
/** Whether a run would put its temporary files into `place`. */
const isUsed = (place: string): boolean =>
  valueOf(`place.temporaryPlace(${JSON.stringify(place)})`, withoutTmpdir) === place;

describe('the folder for the temporary files of a run', () => {
  test('is the one that TMPDIR names', () =>
    expect(valueOf('place.temporaryPlace()', { ...process.env, TMPDIR: folder })).toBe(folder));

  test.each(['/proc', '/there is no such folder'])('is not one without memory: %s', (place) =>
    expect(isUsed(place)).toBe(false),
  );

  test('starts programs, and has nothing in it after the question', () => {
    expect(valueOf(`place.startsPrograms(${JSON.stringify(folder)})`)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  const options = 'size=5g';
  if (!mounts(options)) console.log('skipped: this process may not mount a file system');
  else
    test.each([
      [options, process.availableMemory() >= 5 * 1024 ** 3],
      ['size=3g', false],
      ['size=5g,noexec', false],
    ])('is one in memory, mounted with %s: %s', (given, isExpected) => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', given, 'curfew', folder]);
      try {
        expect(isUsed(folder)).toBe(isExpected);
      } finally {
        execFileSync('umount', [folder]);
      }
    });
});

/** Whether this process may mount a file system in memory. */
function mounts(options: string): boolean {
  const place = mkdtempSync(join(tmpdir(), 'curfew-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'curfew', place]).status === 0;
  if (mounted) execFileSync('umount', [place]);
  rmSync(place, { recursive: true });
  return mounted;
}
