import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidencePage, type LawResult } from './evidence.ts';

// npm run test:long
// Checks every law on many more examples than npm test does, lets the reaper alone end 200 leases, and writes the figures, the seed and the commit to
// docs/evidence/laws.md. TEST_LAW_RUNS and TEST_LAW_SEED choose another size and seed. The first run of a fresh clone
// also installs everything by itself there.

const ROOT = join(import.meta.dirname, '../..');
const TESTS = join(ROOT, 'test');
const lawFiles = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test', name))
  .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('/laws.fixture.ts'));
const FIRST_RUN = 'test/first-run/first-run.test.ts';
const ONLY_REAPER = 'test/e2e/only-the-reaper.test.ts';
const runs = process.env['TEST_LAW_RUNS'] ?? '20000';
const seed = process.env['TEST_LAW_SEED'] ?? String(Math.trunc(Math.random() * 2 ** 31));
const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
const changed = git('status', '--porcelain') === '' ? '' : ' with uncommitted changes';
const commit = `${git('rev-parse', '--short=12', 'HEAD')}${changed}`;

mkdirSync(join(ROOT, '.curfew'), { recursive: true });
const results = join(ROOT, '.curfew', 'laws.json');
const jest = ['run', '--silent', 'jest', '--', '--json', `--outputFile=${results}`, '--testTimeout=1200000'];
const { status } = spawnSync('npm', [...jest, ...lawFiles, FIRST_RUN, ONLY_REAPER], {
  cwd: ROOT,
  env: {
    ...process.env,
    TEST_LAW_RUNS: runs,
    TEST_LAW_SEED: seed,
    TEST_FIRST_RUN: 'installs',
    TEST_REAPER_LEASES: '200',
  },
  stdio: 'inherit',
});

type Report = Readonly<{
  testResults: readonly Readonly<{
    name: string;
    assertionResults: readonly Readonly<{ title: string; status: string; duration?: number | null }>[];
  }>[];
}>;
const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as Report;
/** The laws are the tests that a file declares with `holds`. */
const laws: readonly LawResult[] = testResults.flatMap(({ name, assertionResults }) => {
  const source = readFileSync(name, 'utf8');
  return assertionResults
    .filter(({ title }) =>
      new RegExp(`(?:holds|holdsOnServers|always)\\(\\s*'${escapeRegExp(title)}'`).test(source),
    )
    .map(({ title, status: result, duration }) => ({ law: title, result, ms: duration ?? 0 }));
});
mkdirSync(join(ROOT, 'docs', 'evidence'), { recursive: true });
const page = evidencePage(laws, { runs, seed, commit });
writeFileSync(join(ROOT, 'docs', 'evidence', 'laws.md'), page);
console.log(`${laws.length} laws, ${runs} examples each, seed ${seed}: docs/evidence/laws.md`);
process.exit(status === 0 && laws.every(({ result }) => result === 'passed') ? 0 : 1);

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
