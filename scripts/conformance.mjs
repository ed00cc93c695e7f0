import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { conformanceReport } from './conformance-report.ts';
import { ROOT } from './install.mjs';
import { openTemporaryFolder } from './test-temporary.mjs';

// npm run conformance: holds every provider to the contract, against its server or its imitation, and prints a summary.
// npm run conformance -- aws-iam: only this one.

const FOLDER = 'test/providers';
const suites = new Map(
  readdirSync(join(ROOT, FOLDER))
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => readFileSync(join(ROOT, FOLDER, file), 'utf8').includes('testProviderContract('))
    .map((file) => [file.replace('.test.ts', ''), `${FOLDER}/${file}`]),
);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((provider) => !suites.has(provider));
if (unknown.length > 0) {
  console.error(`There is no provider ${unknown.join(', ')}. There are ${[...suites.keys()].join(', ')}.`);
  process.exit(2);
}

const RESULTS = join(ROOT, '.curfew', `conformance-${process.pid}.json`);
mkdirSync(join(ROOT, '.curfew'), { recursive: true });
const temporary = openTemporaryFolder();
process.on('exit', temporary.remove);
const env = { ...process.env, ...temporary.env };
const node = (...args) =>
  spawnSync(process.execPath, args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });

const files = (wanted.length === 0 ? [...suites.keys()] : wanted).map((provider) => suites.get(provider));
node('--import', 'tsx', 'scripts/test-tools.ts');
const jest = node(
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(ROOT, 'node_modules/jest/bin/jest.js'),
  '--json',
  `--outputFile=${RESULTS}`,
  '--forceExit',
  '--testNamePattern=keeps the provider contract',
  '--runTestsByPath',
  ...files,
);
if (!existsSync(RESULTS)) {
  console.error(jest.stderr);
  process.exit(1);
}
const { text, failed } = conformanceReport(JSON.parse(readFileSync(RESULTS, 'utf8')).testResults);
rmSync(RESULTS);
console.log(text);
process.exitCode = failed > 0 || jest.status !== 0 ? 1 : 0;
