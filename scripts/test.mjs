import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensureInstalled, ROOT } from './install.mjs';
import { changedTests } from './test-changed.mjs';
import { slowestFiles } from './test-report.mjs';
import { openTemporaryFolder } from './test-temporary.mjs';

// npm test: installs what is missing, checks types, lint and format, runs the quick tests, and counts.
// npm test -- --all runs all tests, and is what CI runs.
// npm test -- test/some/path runs only those tests. npm test -- --changed runs those that import a changed file.

checkNode();
await ensureInstalled();

const given = process.argv.slice(2);
const changed = given.includes('--changed') ? changedTests() : undefined;
const isAll = given.join(' ') === '--all';
const isQuick = given.length === 0;
const isPure = given.join(' ') === '--selectProjects pure';
/** Pure tests never wait, so one worker for each processor is enough. */
const PURE_WORKERS = '--maxWorkers=100%';
/** Every processor is busy with tests, so threads for the collection of garbage, or many short collections, cost time. */
const COLLECTION = ['--single-threaded-gc', '--max-semi-space-size=64'];
/** Most code of a test file runs a few times, so it is compiled quickly, and optimised only after it ran for long. */
const COMPILATION = ['--sparkplug', '--interrupt-budget=1000000'];
/** The runs of Jest, as lists of arguments. */
const runs = changed?.runs ?? [isAll ? [] : isPure ? [...given, PURE_WORKERS] : given];
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const RESULTS = join(ROOT, '.curfew', `test-results-${process.pid}.json`);
/** Jest waits without limit for what a test left open. A Temporal worker needs up to 55 s for a forced shutdown. */
const LINGER_MS = 90_000;

/** TypeScript and the linter of types are Go programs that end before their garbage matters. */
const FEW_COLLECTIONS = { GOGC: 'off', GOMEMLIMIT: '2GiB' };
/** In one thread TypeScript checks nothing twice, and needs less memory. */
const CHECKS = [
  ['types', bin('tsc'), ['--noEmit', '--singleThreaded'], FEW_COLLECTIONS],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings'], FEW_COLLECTIONS],
  ['format', bin('oxfmt'), ['--check', '.']],
];

const running = new Set();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    for (const child of running) child.kill(signal);
  });
}

const temporary = openTemporaryFolder();
process.on('exit', temporary.remove);

/** Runs a program with our own output. Resolves to its exit code; a killed one counts as 1. */
function run(command, args, { env = {}, watch = () => {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...temporary.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    running.add(child);
    const stopWatching = watch(child);
    const end = (code) => {
      running.delete(child);
      stopWatching?.();
      resolve(code ?? 1);
    };
    child.once('error', (error) => {
      console.error(error.message);
      end(1);
    });
    child.once('exit', end);
  });
}

/** Once the results are written every test is over and every server stopped: what keeps it running is a leak. */
function endWhenDone(jest) {
  let since;
  const timer = setInterval(() => {
    if (!existsSync(RESULTS)) return;
    since ??= performance.now();
    if (performance.now() - since < LINGER_MS) return;
    console.error('A test left something open: jest did not end by itself.');
    jest.kill('SIGKILL');
  }, 500);
  return () => clearInterval(timer);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const count = (isGood) => (total[isGood ? 'passed' : 'failed'] += 1);
const files = [];

async function check([name, command, args, env]) {
  const isGood = (await run(command, args, { env })) === 0;
  console.log(`${isGood ? 'PASS' : 'FAIL'} ${String(name)}`);
  count(isGood);
}

if (changed) console.log(changed.summary);
for (const problem of changed?.problems ?? []) {
  console.error(problem);
  count(false);
}
if ((isQuick || isAll) && !interrupted) await Promise.all(CHECKS.map(check));
if (!interrupted && !isPure && runs.length > 0) {
  await run(process.execPath, ['--import', 'tsx', 'scripts/test-tools.ts']);
  await run(process.execPath, ['cli/build.mjs']); // The child processes of the tests run it.
}
for (const args of runs) if (!interrupted) await runJest(args);

async function runJest(args) {
  mkdirSync(join(ROOT, '.curfew'), { recursive: true });
  const node = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    ...COLLECTION,
    ...COMPILATION,
  ];
  const jest = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${RESULTS}`, ...args];
  const env = isQuick ? { TEST_QUICK: '1' } : {};
  const code = await run(process.execPath, [...node, ...jest], { env, watch: endWhenDone });
  if (!existsSync(RESULTS)) {
    total.failed += 1;
    return;
  }
  const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  rmSync(RESULTS);
  total.passed += results.numPassedTests;
  total.skipped += results.numPendingTests + results.numTodoTests;
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  total.failed += failed === 0 && code !== 0 ? 1 : failed;
  files.push(...results.testResults);
}

const left = temporary.left();
if (left.length > 0) {
  console.error(`Left in the temporary folder: ${left.join(', ')}`);
  count(false);
}
if (files.length > 0) console.log(slowestFiles(files, ROOT));
if (interrupted) console.log('interrupted');
if (isQuick) console.log('"npm test -- --all" also runs the long tests.');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || interrupted ? 1 : 0;
