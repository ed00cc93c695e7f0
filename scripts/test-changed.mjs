import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PURE } from '../test/setup/pure.mjs';
import { importersIn } from './importers.mjs';
import { ROOT } from './install.mjs';

const TEST = /^(sandbox\/)?test\/.*\.test\.tsx?$/;
/** What somebody must run, and not only read. */
const SOURCE = /^[^.].*\.([cm]?[jt]sx?|css|sql|json|ya?ml|py)$/;
/** Every test runs with these. */
const OF_EVERY_TEST =
  /^((sandbox\/)?package\.json|package-lock\.json|tsconfig\.json|jest\.config\.mjs|test\/setup\/(?!pure\.).*)$/;

/** @typedef {Readonly<{ runs: readonly (readonly string[])[], summary: string, problems: readonly string[] }>} ChangedTests */

/**
 * The runs of Jest for the files that git reports as changed, new or deleted, as lists of arguments: of each project, the test files that import
 * them. `problems`: each source file that no test imports.
 * @param {string} root @param {readonly string[]} pure @returns {ChangedTests}
 */
export function changedTests(root = ROOT, pure = PURE) {
  const git = (/** @type {readonly string[]} */ ...args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
      .split('\0')
      .filter(Boolean);
  const status = git('status', '--porcelain', '--untracked-files=all', '--no-renames', '-z');
  const changed = status.map((line) => line.slice(3));
  const listed = git('ls-files', '--cached', '--others', '--exclude-standard', '-z');
  const files = [...new Set([...listed, ...changed])];
  const has = (/** @type {string} */ file) => existsSync(join(root, file));
  const tests = new Set(files.filter((file) => TEST.test(file) && has(file)));
  const read = (/** @type {string} */ file) =>
    has(file) ? readFileSync(join(root, file), 'utf8') : undefined;
  const importersOf = importersIn(files, read, (file) => tests.has(file));
  const testsOf = (/** @type {string} */ file) =>
    OF_EVERY_TEST.test(file) && !TEST.test(file) ? [...tests] : importersOf(file);
  const found = changed.map((file) => ({ file, tests: testsOf(file) }));
  const wanted = [...new Set(found.flatMap((each) => each.tests))].sort((one, other) =>
    one < other ? -1 : 1,
  );
  const isPure = (/** @type {string} */ file) =>
    pure.some((place) => file === place || file.startsWith(`${place}/`));
  const parts = { pure: wanted.filter(isPure), servers: wanted.filter((file) => !isPure(file)) };
  return {
    runs: Object.entries(parts).flatMap(([project, of]) =>
      of.length > 0 ? [['--selectProjects', project, '--runTestsByPath', ...of]] : [],
    ),
    summary: `${parts.pure.length} pure and ${parts.servers.length} server test files of ${tests.size} for ${changed.length} changed ${changed.length === 1 ? 'file' : 'files'}`,
    problems: found
      .filter(({ file, tests: its }) => its.length === 0 && SOURCE.test(file) && has(file))
      .map(({ file }) => `No test imports ${file}. Write one, or run all tests.`),
  };
}
