import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historiesOf } from './rows.fixture.ts';
import { TAMPERS } from './tampers.fixture.ts';
import { trialOf } from './trial.fixture.ts';

// npm run test:tampers
// Verifies many clean logs, changes them in every way of tampers.fixture.ts, and writes the numbers, the seed and the commit to
// docs/evidence/tampers.md. TAMPER_LOGS and TEST_LAW_SEED choose another number of logs and another seed.

const ROOT = join(import.meta.dirname, '../../..');
const LOGS = Number(process.env['TAMPER_LOGS'] ?? 1_000);
const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.trunc(Math.random() * 2 ** 30));
const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
const commit = git('rev-parse', '--short=12', 'HEAD');

const kinds = Object.entries(TAMPERS);
const tried = new Map(kinds.map(([what]) => [what, { count: 0, named: 0 }]));
const failures: string[] = [];
let histories: ReturnType<typeof historiesOf> = [];
let [done, falseAlarms, entries, next] = [0, 0, 0, 0];

for (let at = 0; at < LOGS; at += 1) {
  if (at % 100 === 0) histories = historiesOf(SEED + at, 100);
  const trial = trialOf(SEED + at, histories);
  entries += trial.log.rows.length;
  for (const isWithoutPlaces of [false, true]) {
    const { ok, problems } = trial.verify(isWithoutPlaces);
    if (ok) continue;
    falseAlarms += 1;
    failures.push(`clean log ${SEED + at}: ${problems[0]?.text ?? ''}`);
  }
  // Each log gets the next ten kinds that it has something for.
  for (let own = 0, tries = 0; own < 10 && tries < kinds.length; tries += 1, next += 1) {
    const [what = '', tamper] = kinds[next % kinds.length] ?? [];
    const result = tamper && trial.tamper(tamper);
    const count = tried.get(what);
    if (!result || !count) continue;
    own += 1;
    done += 1;
    count.count += 1;
    if (result.isNamed) count.named += 1;
    else failures.push(`log ${SEED + at}, ${what}: ${JSON.stringify(result.report.problems.slice(0, 3))}`);
  }
  trial.remove();
}

const named = [...tried.values()].reduce((sum, each) => sum + each.named, 0);
const rows = [...tried].map(([what, { count, named: found }]) => `| ${what} | ${count} | ${found} |`);
writeFileSync(
  join(ROOT, 'docs/evidence/tampers.md'),
  `# Tampers, tried on many logs

\`npm run test:tampers\` wrote this page at the commit ${commit}, with the seed ${SEED}. \`TAMPER_LOGS=${LOGS} TEST_LAW_SEED=${SEED} npm run test:tampers\`
repeats the run. Somebody who owns the database, the export and the places, but no key, changed a log below its newest checkpoint. Forks and roll-backs
were signed with the right key. A tamper is named when the report has a problem of the right kind with the right entry, range, checkpoint, row or file.

- ${LOGS} clean logs with ${entries} entries, each verified with places and without: ${falseAlarms} false alarms
- ${done} tampers: ${named} found and named

| what was done | times | found and named |
| --- | --- | --- |
${rows.join('\n')}
`,
);
console.log(
  `${LOGS} clean logs, ${falseAlarms} false alarms; ${done} tampers, ${named} named: docs/evidence/tampers.md`,
);
for (const failure of failures.slice(0, 20)) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
