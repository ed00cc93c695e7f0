import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './install.mjs';

/**
 * The runs of Jest for the files that git reports as changed or new, as lists of arguments: the pure tests that import
 * them, and the tests in the folders that mirror theirs. Empty when nothing that has tests is changed.
 */
export function changedTests() {
  const files = execFileSync('git', ['status', '--porcelain', '--untracked-files=all', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\0')
    .map((line) => line.slice(3))
    .filter((name) => /\.tsx?$/.test(name) && existsSync(join(ROOT, name)));
  if (files.length === 0) return [];
  const folders = [...new Set(files.map(testFolder))].filter((folder) => existsSync(join(ROOT, folder)));
  return [
    ['--selectProjects', 'pure', '--passWithNoTests', '--findRelatedTests', ...files],
    ...(folders.length > 0 ? [['--selectProjects', 'servers', '--passWithNoTests', ...folders]] : []),
  ];
}

/** `ledger/leases.ts` has its tests in `test/ledger`, `sandbox/slack/app.ts` in `sandbox/test/slack`. */
function testFolder(file) {
  const [top, second] = file.split('/');
  if (file.startsWith('test/') || file.startsWith('sandbox/test/')) return file;
  return top === 'sandbox' ? `sandbox/test/${second}` : `test/${top}`;
}
