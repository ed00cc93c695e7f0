import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensureInstalled, ROOT } from './install.mjs';

// npm test: installs what is missing, checks types, lint and format, runs the tests, and counts.
// npm test -- test/some/path runs only those tests.

checkNode();
await ensureInstalled();

const only = process.argv.slice(2);
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const RESULTS = join(ROOT, '.curfew', `test-results-${process.pid}.json`);
/** Jest waits without limit for what a test left open. A Temporal worker needs up to 55 s for a forced shutdown. */
const LINGER_MS = 90_000;

const CHECKS = [
  ['types', bin('tsc'), ['--noEmit']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('prettier'), ['--check', '--log-level=warn', '.']],
];

let running;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}
let interrupted = false;

/** Runs a program with our own output. Resolves to its exit code; a killed one counts as 1. */
function run(command, args, watch = () => {}) {
  return new Promise((resolve) => {
    running = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    const stopWatching = watch(running);
    const end = (code) => {
      stopWatching?.();
      resolve(code ?? 1);
    };
    running.once('error', (error) => {
      console.error(error.message);
      end(1);
    });
    running.once('exit', end);
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

if (only.length === 0) {
  for (const [name, command, args] of CHECKS) {
    if (interrupted) break;
    const code = await run(command, args);
    console.log(`${code === 0 ? 'PASS' : 'FAIL'} ${String(name)}`);
    total[code === 0 ? 'passed' : 'failed'] += 1;
  }
}
if (!interrupted) await run(process.execPath, ['--import', 'tsx', 'scripts/test-tools.ts']);
if (!interrupted) await runJest();

async function runJest() {
  mkdirSync(join(ROOT, '.curfew'), { recursive: true });
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${RESULTS}`, ...only];
  const code = await run(process.execPath, [...node, ...jest], endWhenDone);
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
}

if (interrupted) console.log('interrupted');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || interrupted ? 1 : 0;
