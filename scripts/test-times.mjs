import { spawnSync } from 'node:child_process';
import { ROOT } from './install.mjs';

// npm run test:times
// Measures how long the tests take, and fails when they take longer than they may on two cores with nothing else
// running. Nothing else fails by the clock: npm test passes on a slow machine too.

/** Each run of the tests, with its allowance in seconds. */
const RUNS = [
  { name: 'the pure tests', args: ['run', 'test:pure'], allowance: 20 },
  { name: 'the quick tests', args: ['test'], allowance: 8 * 60 },
  { name: 'all tests', args: ['test', '--', '--all'], allowance: 15 * 60 },
];

let isLate = false;
for (const { name, args, allowance } of RUNS) {
  const start = performance.now();
  const { status } = spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const seconds = (performance.now() - start) / 1000;
  isLate ||= status !== 0 || seconds > allowance;
  const result = status === 0 ? 'passed' : 'failed';
  console.log(`${name}: ${result} in ${seconds.toFixed(0)} s, allowed ${allowance} s`);
}
process.exitCode = isLate ? 1 : 0;
