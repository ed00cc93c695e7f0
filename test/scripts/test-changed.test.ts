import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { changedTests } from '../../scripts/test-changed.mjs';
import { importersIn } from '../../scripts/importers.mjs';

/** A repository with a core, a ledger that reads migrations, two providers, a page, and a test of each. */
const FILES: Readonly<Record<string, string>> = {
  'core/decide.ts': `import type { Id } from './id.ts';\nexport const decide = (id: Id) => id;`,
  'core/id.ts': 'export type Id = string;\n/** `core/unused.ts` has it too. */',
  'core/unused.ts': 'export {};',
  'ledger/migrate.ts': `import { join } from 'node:path';\nexport const folder = join(import.meta.dirname, '../migrations');`,
  'ledger/record.ts': `import { type Id, decide } from '../core/decide.ts';\nexport { folder } from './migrate.ts';`,
  'migrations/0001_first.sql': 'select 1;',
  'policy/index.ts': `export const load = () => import('./parse.ts');`,
  'policy/parse.ts': 'export {};',
  'examples/people.yaml': 'people: []',
  'page/assets/style.css': 'a {}',
  'page/assets/live.js': 'export {};',
  'page/page.tsx': 'export const own = (name: string) => new URL(`./assets/${name}`, import.meta.url);',
  'providers/one/client.ts': 'export {};',
  'providers/two/client.ts': 'export {};',
  'deploy/alone.mjs': 'export {};',
  'data/sizes.json': '{}',
  'docs/page.md': '# Page',
  'package.json': '{}',
  'test/core/decide.test.ts': `import { decide } from '../../core/decide.ts';`,
  'test/ledger/ledger.fixture.ts': `export * from '../../ledger/record.ts';`,
  'test/ledger/record.test.ts': `import * as all from './ledger.fixture.ts';`,
  'test/policy/index.test.ts': `import { load } from '../../policy/index.ts';\nreadFileSync(join(ROOT, 'examples/people.yaml'));`,
  'test/page/page.test.tsx': `import { own } from '../../page/page.tsx';\nread('data/sizes.json');`,
  'test/providers/one.test.ts': `import '../../providers/one/client.ts';`,
  'test/providers/two.test.ts': `import '../../providers/two/client.ts';`,
  'test/setup/start.mjs': 'export {};',
  'sandbox/test/slack.test.ts': `spawn(process.execPath, ['./policy/parse.ts']);`,
};
const TESTS = Object.keys(FILES)
  .filter((name) => name.includes('.test.'))
  .sort();
const PURE_ONES = ['test/core', 'test/policy/index.test.ts'];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'curfew-changed-'));
  for (const [name, text] of Object.entries(FILES)) write(name, text);
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '--message', 'Begin');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
const change = (name: string) => write(name, `${FILES[name] ?? ''}\n// changed`);
const remove = (name: string) => rmSync(join(root, name));
const selected = () => changedTests(root, PURE_ONES);
const filesOf = (runs: ReturnType<typeof changedTests>['runs']) =>
  runs.flatMap(([, , , ...files]) => files).sort();

describe('the tests of what is changed', () => {
  test.each<[string, () => void, readonly string[]]>([
    [
      'a file of the core are those that import it, also through other files, and no others',
      () => change('core/decide.ts'),
      ['test/core/decide.test.ts', 'test/ledger/record.test.ts'],
    ],
    [
      'a file of one provider are those of that provider',
      () => change('providers/one/client.ts'),
      ['test/providers/one.test.ts'],
    ],
    [
      'a file that has only types are those of the files that have its types',
      () => change('core/id.ts'),
      ['test/core/decide.test.ts', 'test/ledger/record.test.ts'],
    ],
    [
      'a fixture are those that import it',
      () => change('test/ledger/ledger.fixture.ts'),
      ['test/ledger/record.test.ts'],
    ],
    ['a test is itself', () => change('test/core/decide.test.ts'), ['test/core/decide.test.ts']],
    ['a test that is new is itself', () => write('test/core/new.test.ts', ''), ['test/core/new.test.ts']],
    [
      'a migration are those of the code that reads its folder',
      () => change('migrations/0001_first.sql'),
      ['test/ledger/record.test.ts'],
    ],
    [
      'a migration that is new too',
      () => write('migrations/0002_next.sql', ''),
      ['test/ledger/record.test.ts'],
    ],
    [
      'a file that is imported later, or is the argument of a process',
      () => change('policy/parse.ts'),
      ['sandbox/test/slack.test.ts', 'test/policy/index.test.ts'],
    ],
    ['a file that a test reads', () => change('examples/people.yaml'), ['test/policy/index.test.ts']],
    ['data in JSON', () => change('data/sizes.json'), ['test/page/page.test.tsx']],
    [
      'a style sheet whose name is computed',
      () => change('page/assets/style.css'),
      ['test/page/page.test.tsx'],
    ],
    ['a script whose name is computed', () => change('page/assets/live.js'), ['test/page/page.test.tsx']],
    [
      'a file that was deleted are those that still import it',
      () => remove('core/decide.ts'),
      ['test/core/decide.test.ts', 'test/ledger/record.test.ts'],
    ],
    ['a test that was deleted are none', () => remove('test/core/decide.test.ts'), []],
    ['source that no test imported, and that was deleted, are none', () => remove('deploy/alone.mjs'), []],
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'jest.config.mjs', 'sandbox/package.json'].map(
      (name): [string, () => void, readonly string[]] => [`${name} are all`, () => change(name), TESTS],
    ),
    [
      'the list of the pure tests are those that import it',
      () => (write('test/setup/pure.mjs', ''), write('test/core/new.test.ts', `import '../setup/pure.mjs';`)),
      ['test/core/new.test.ts'],
    ],
    ['the setup of the tests are all', () => change('test/setup/start.mjs'), TESTS],
    ['a page that no test reads are none', () => change('docs/page.md'), []],
    ['nothing are none', () => undefined, []],
  ])('%s', (_what, work, expected) => {
    work();
    const { runs, problems } = selected();
    expect(filesOf(runs)).toEqual([...expected].sort());
    expect(problems).toEqual([]);
  });

  test('a file that was renamed are those that still import its old name', () => {
    git('mv', 'core/decide.ts', 'core/decided.ts');
    expect(filesOf(selected().runs)).toEqual(['test/core/decide.test.ts', 'test/ledger/record.test.ts']);
  });

  test('are run in their own projects, by their exact paths', () => {
    change('core/decide.ts');
    expect(selected().runs).toEqual([
      ['--selectProjects', 'pure', '--runTestsByPath', 'test/core/decide.test.ts'],
      ['--selectProjects', 'servers', '--runTestsByPath', 'test/ledger/record.test.ts'],
    ]);
  });

  test('are counted', () => {
    change('core/decide.ts');
    expect(selected().summary).toBe(`1 pure and 1 server test files of ${TESTS.length} for 1 changed file`);
    change('docs/page.md');
    expect(selected().summary).toContain('for 2 changed files');
  });

  test.each(['deploy/alone.mjs', 'core/unused.ts'])(
    'are missing, which fails, for source that no test imports: %s',
    (name) => {
      change('core/decide.ts');
      change(name);
      expect(selected().problems).toEqual([`No test imports ${name}. Write one, or run all tests.`]);
      expect(filesOf(selected().runs)).toEqual(['test/core/decide.test.ts', 'test/ledger/record.test.ts']);
    },
  );
});

describe('in this repository', () => {
  const ROOT = join(import.meta.dirname, '../..');
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  const read = (file: string) => {
    const path = join(ROOT, file);
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
  };
  const testsOf = importersIn(files, read, (file) => /\.test\.tsx?$/.test(file));

  test('a file of the core has its own tests and tests with servers', () => {
    expect(testsOf('core/request/decide.ts')).toEqual(
      expect.arrayContaining(['test/core/request/decide.test.ts', 'test/ledger/record.test.ts']),
    );
  });

  test('a file of one provider has no test of another provider', () => {
    const tests = testsOf('providers/github/repository-revoke.ts');
    expect(tests).toContain('test/providers/github-repository-revoke.test.ts');
    expect(tests.filter((file) => /\/(postgres|aws-iam)-/.test(file))).toEqual([]);
  });

  test.each([
    ['a migration', 'migrations/0001_foundation.sql'],
    ['the example policy', 'examples/quickstart/people.yaml'],
    ['a style sheet', 'console/assets/console.css'],
    ['a workflow', 'workflows/access-request.ts'],
    ['the verifier', 'audit/verify/verify.mjs'],
    ['a command', 'cli/commands/end.ts'],
  ])('%s has tests', (_what, file) => expect(testsOf(file).length).toBeGreaterThan(0));
});
