import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startServices } from '../setup/services.ts';
import { type Mutant, type Record as Accepted, survivorsOf } from './survivors.ts';

// npm run mutate -- core [file ...]
// Changes the code of one folder, one small change at a time, and runs the tests that reach the change. A change that no
// test notices survives. Survivors that are accepted, each with its reason, are in test/mutation/<folder>.json; any other
// survivor fails the run. --update writes the score, and the new survivors with an empty reason. With files, for example
// core/target.ts or core/target.ts:20-40, only those are changed, and no score is written.

const ROOT = join(import.meta.dirname, '../..');
const WORK = join(ROOT, '.curfew', 'mutation');

/** The folders that can be changed, with the tests of each. The tests of some need servers. */
const AREAS: Readonly<Record<string, Readonly<{ tests: readonly string[]; servers?: boolean }>>> = {
  core: { tests: ['test/core', 'test/wording', 'test/policy', 'test/bot/account-facts.test.ts'] },
  policy: { tests: ['test/policy'] },
  wording: { tests: ['test/wording', 'test/cli/sentences.test.ts', 'test/bot/blocks.test.ts'] },
  bot: { tests: ['test/bot'], servers: true },
  inbox: { tests: ['test/inbox'], servers: true },
  ledger: {
    tests: [
      'test/ledger',
      'test/inbox',
      'test/upkeep/correct-leases.test.ts',
      'test/requests/{grant-again,lost-lock,overlap,prior-state,revoke-without-ledger,undo,verify-access}.test.ts',
    ],
    servers: true,
  },
  'providers/aws-iam': { tests: ['test/providers/aws-iam-*.test.ts'] },
  'providers/github': {
    tests: [
      'test/providers/github-{access,account,allow-list,client-without-server,collaborators,failures,installation,locate,preflight}.test.ts',
      'test/providers/github-{provider,repository-grant,repository-observe,repository-revoke}.test.ts',
      'test/providers/github-{target,team-grant,team-observe,team-revoke}.test.ts',
    ],
  },
  requests: { tests: ['test/requests'], servers: true },
  upkeep: { tests: ['test/upkeep'], servers: true },
};

/** What is read of Jest's settings. The compiler is a path with its settings. */
type Settings = Readonly<{ roots: readonly string[]; transform: Readonly<Record<string, [string, object]>> }>;

/** Packages that have native modules only. */
const ONLY_NATIVE = [
  'uuid',
  'node-pg-migrate',
  '@octokit',
  'universal-github-app-jwt',
  'universal-user-agent',
  'before-after-hook',
  'fast-content-type-parse',
];

const [area = '', ...rest] = process.argv.slice(2);
const isUpdate = rest.includes('--update');
const files = rest.filter((each) => each !== '--update');
const chosen = AREAS[area];
if (!chosen) {
  console.error(`Name a folder: npm run mutate -- ${Object.keys(AREAS).join(' | ')}`);
  process.exit(2);
}
if (files.some((file) => !file.startsWith(`${area}/`))) {
  console.error(
    `Name files of ${area}, as in ${area}/index.ts: the tests and the accepted survivors are those of ${area}.`,
  );
  process.exit(2);
}
if (isUpdate && files.length > 0) {
  console.error('A score is of a whole folder: leave out the files or --update.');
  process.exit(2);
}

mkdirSync(WORK, { recursive: true });
const name = area.replaceAll('/', '-');
const report = join(WORK, `${name}.json`);
const base = ((await import(join(ROOT, 'jest.config.mjs'))) as { default: { projects: [Settings] } }).default;
const { roots, transform } = base.projects[0];
const testMatch = chosen.tests.map((place) =>
  place.endsWith('.ts') ? `<rootDir>/${place}` : `<rootDir>/${place}/**/*.test.ts`,
);
const config = {
  testRunner: 'jest-by-file',
  plugins: ['@stryker-mutator/jest-runner', './test/mutation/runner.mjs'],
  jest: {
    projectType: 'custom',
    config: {
      projects: [], // Stryker adds these settings to jest.config.mjs. Both of its projects would run each test.
      roots,
      testMatch,
      testTimeout: 20_000,
      testEnvironment: './test/mutation/environment.cjs',
      transform: { [String.raw`\.[mc]?[jt]sx?$`]: asCommonJs(transform) },
      transformIgnorePatterns: [`/node_modules/(?!(${ONLY_NATIVE.join('|')})/)`],
    },
    enableFindRelatedTests: false,
  },
  mutate: files.length > 0 ? files : [`${area}/**/*.ts`],
  coverageAnalysis: 'perTest',
  timeoutMS: 60_000, // A busy machine is no endless loop.
  concurrency: chosen.servers ? 5 : 2, // Tests with servers often wait.
  maxTestRunnerReuse: 150, // Jest keeps some memory of each change.
  // Stryker would rewrite tsconfig.json with an API that TypeScript 7 lacks; nothing here reads that file.
  tsconfigFile: 'none.json',
  tempDirName: '.curfew/mutation/sandbox',
  ignorePatterns: ['.curfew', 'docs/images'],
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  jsonReporter: { fileName: report },
};
const configFile = join(WORK, 'stryker.config.json');
writeFileSync(configFile, JSON.stringify(config));

rmSync(report, { force: true }); // that of an earlier run
if (chosen.servers) await startServices();
const stryker = join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js');
// Laws get fewer examples and no smallest one, because they run again for each change.
const env = {
  ...process.env,
  ...{ TEST_LAW_RUNS: '100', TEST_LAW_SHRINK: 'no', MUTATION_TEST_FILES: JSON.stringify(testFiles()) },
};
spawnSync(process.execPath, [stryker, 'run', configFile], { cwd: ROOT, env, stdio: 'inherit' });
await globalThis.stopTestServices?.();
if (!existsSync(report)) {
  console.error('Stryker did not finish. Its messages above say why.');
  process.exit(2);
}

const recordFile = join(ROOT, 'test', 'mutation', `${name}.json`);
const record = existsSync(recordFile)
  ? (JSON.parse(readFileSync(recordFile, 'utf8')) as Accepted)
  : { score: 0, mutants: 0, accepted: [] };
const { score, mutants, survivors, timedOut } = survivorsOf(JSON.parse(readFileSync(report, 'utf8')));
if (mutants === 0) {
  console.error(`There is nothing to change in ${files.join(', ')}. Name a file as in core/target.ts.`);
  process.exit(2);
}
const isSame = (one: Mutant, other: Mutant) =>
  one.file === other.file && one.line === other.line && one.became === other.became;
// The same line can stand in a file several times. Each of its survivors needs an entry of its own.
const countIn = (list: readonly Mutant[], one: Mutant) => list.filter((other) => isSame(one, other)).length;
const fresh = survivors.filter(
  (one, index) => countIn(survivors.slice(0, index + 1), one) > countIn(record.accepted, one),
);
const gone = record.accepted.filter(
  (one) => files.length === 0 && !survivors.some((other) => isSame(one, other)),
);

if (isUpdate) {
  const accepted = survivors.map((one) => ({
    ...one,
    reason: record.accepted.find((other) => isSame(one, other))?.reason ?? '',
  }));
  writeFileSync(recordFile, `${JSON.stringify({ score, mutants, accepted }, null, 2)}\n`);
}
for (const { file, line, became } of timedOut) console.log(`timed out in ${file}\n  ${line}\n  ${became}`);
for (const { file, line, became } of fresh) console.log(`new survivor in ${file}\n  ${line}\n  ${became}`);
for (const { file, line } of gone) console.log(`no longer a survivor in ${file}: ${line}`);
console.log(
  `${area}: ${score.toFixed(1)} % of ${mutants} changes noticed, ${survivors.length} survive, ${fresh.length} of them new`,
);
process.exit(fresh.length > 0 ? 1 : 0);

/** The test files of the folder, by their paths in the project. */
function testFiles(): readonly string[] {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const settings = JSON.stringify({ ...config.jest.config, projects: undefined, rootDir: ROOT });
  const found = execFileSync(process.execPath, [jest, '--listTests', '--config', settings], {
    encoding: 'utf8',
  });
  return found
    .trim()
    .split('\n')
    .map((file) => relative(ROOT, file))
    .sort();
}

/**
 * The compiler's settings, for CommonJS: Node never frees a native module, and Jest loads all of them again for each
 * change.
 */
function asCommonJs(transform: Settings['transform']): unknown {
  const [[compiler, settings] = []] = Object.values(transform);
  return [compiler, { ...settings, module: { type: 'commonjs' } }];
}
