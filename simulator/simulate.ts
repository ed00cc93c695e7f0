import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS, type PlantedBug } from './planted/index.ts';
import { freshSeed, seedsLike, seedsOf } from './seeds.ts';
import { openSession, type Run, type Session } from './session.ts';

// npm run simulate -- --seeds 100 [--seed 1] [--bot naive] [--log]
//   --every 20 takes every twentieth seed: those of one theme (world/faults.ts).
//   Simulates that many seeds, from the first one on, and prints which promise was broken in which seed. The exit code is 1 when one
//   was. --log prints all that happened in them.
// npm run simulate -- --seeds 3000 --scenarios 200 --fresh --processes 2
//   The long run. --scenarios adds that many seeds of each scenario (world/scenarios.ts). --fresh draws the first seed and prints it.
//   --processes shares the seeds among that many processes.
// npm run simulate -- --planted [--bug name] [--known] [--seeds 300]
//   Puts each planted bug into the real source, one at a time, and looks for a seed that notices it: the one that noticed it before,
//   and then up to that many that are like it. --known tries only the one that did. The exit code is 1 when a bug is not noticed.

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    every: { type: 'string', default: '1' },
    scenarios: { type: 'string', default: '0' },
    fresh: { type: 'boolean', default: false },
    processes: { type: 'string', default: '1' },
    part: { type: 'string', default: '0/1' }, // which of the processes this is, and of how many
    bot: { type: 'string', default: 'curfew' },
    log: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    known: { type: 'boolean', default: false },
    bug: { type: 'string', multiple: true },
  },
});
const first = values.fresh ? freshSeed() : Number(values.seed);
const [part = 0, parts = 1] = values.part.split('/').map(Number);
const seeds = seedsOf({
  first,
  count: Number(values.seeds),
  every: Number(values.every),
  scenarios: Number(values.scenarios),
}).filter((_seed, index) => index % parts === part);
if (values.fresh) console.log(`the first seed is ${first}`);

process.exitCode = Number(values.processes) > 1 ? await share(Number(values.processes)) : await work();

/** Lets other processes simulate the seeds. */
async function share(processes: number): Promise<number> {
  const given = process.argv.slice(2).filter((each) => each !== '--fresh');
  const codes = Array.from({ length: processes }, async (_each, index) => {
    const own = ['--seed', String(first), '--processes', '1', '--part', `${index}/${processes}`];
    const program = ['--import', 'tsx', import.meta.filename, ...given, ...own];
    const [code] = (await once(spawn(process.execPath, program, { stdio: 'inherit' }), 'exit')) as [number];
    return code;
  });
  return (await Promise.all(codes)).every((code) => code === 0) ? 0 : 1;
}

async function work(): Promise<number> {
  const session = await openSession();
  try {
    return await (values.planted ? findPlanted(session) : runSeeds(session));
  } finally {
    await session.close();
  }
}

async function runSeeds(session: Session): Promise<number> {
  const bot = values.bot === 'naive' ? 'naive' : 'curfew';
  const run = await session.load(bot);
  const begun = performance.now();
  let failed = 0;
  for (const seed of seeds) {
    const { violations, log } = await run({ seed, bot });
    if (values.log) console.log(log.join('\n'));
    if (violations.length > 0) failed += 1;
    for (const { checker, what } of violations) console.log(`seed ${seed}: ${checker}: ${what}`);
  }
  const took = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${seeds.length} seeds from ${first} on with the ${bot} bot: ${failed} failed, ${took} s`);
  return failed > 0 ? 1 : 0;
}

async function findPlanted(session: Session): Promise<number> {
  const bugs = PLANTED_BUGS.filter(
    ({ name, seed }) => (!values.bug || values.bug.includes(name)) && (!values.known || seed !== undefined),
  );
  let missed = 0;
  for (const bug of bugs) {
    const found = await search(await session.load(bug.name, bug.edits), bug);
    if (!found) missed += 1;
    console.log(`${bug.name} (${bug.ids}): ${found ?? 'NOT NOTICED'}`);
  }
  console.log(`${bugs.length} planted bugs, ${missed} not noticed`);
  return missed > 0 ? 1 : 0;
}

/** The first seed that notices the bug, and by which checker. */
async function search(run: Run, { seed: known }: PlantedBug): Promise<string | undefined> {
  const tried = known === undefined ? seeds : seedsLike(known, values.known ? 0 : Number(values.seeds));
  for (const seed of tried) {
    const { violations, log } = await run({ seed });
    const [violation] = violations;
    if (values.log) console.log(log.join('\n'));
    if (violation) return `seed ${seed}, ${violation.checker}: ${violation.what}`;
  }
  return undefined;
}
