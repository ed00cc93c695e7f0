import { PLANTED_BUGS } from './planted/index.ts';
import type { SeedResult } from './run-seed.ts';
import { openSession } from './session.ts';

// Prints what test/simulator/simulator.test.ts compares, as JSON: a small part of what `npm run simulate` can do, in one process.
// With --few it simulates a few seeds only, for test/simulator/few-seeds.test.ts.

/** `broken`: which checkers noticed the naive bot. The last seed of `clean` was simulated before. */
export type ShortRun = Readonly<{
  broken: readonly string[];
  clean: readonly SeedResult[];
  planted: readonly (Pick<SeedResult, 'seed' | 'violations'> & Readonly<{ name: string }>)[];
}>;

/** Few seeds, in which the naive bot breaks each kind of promise. */
const NAIVE = [1, 2, 3, 6, 7, 8, 15, 24, 25];
/** Seeds that broke a promise once. A seed that a long run finds is added here with its mend. */
const MENDED = [113, 139, 159, 173, 454, 531, 559, 15_011, 15_018, 15_039, 16_015, 21_714];
/** Seeds of different themes, and one of them once more. */
const CLEAN = [3, 5, 17, ...MENDED, 3];

const isFew = process.argv.includes('--few');
const few = <T>(of: readonly T[], count: number): readonly T[] => (isFew ? of.slice(0, count) : of);

const session = await openSession();
try {
  const run = await session.load('curfew');
  const broken: string[] = [];
  for (const seed of NAIVE)
    broken.push(...(await run({ seed, bot: 'naive' })).violations.map(({ checker }) => checker));
  const clean: SeedResult[] = [];
  for (const seed of few(CLEAN, 5)) clean.push(await run({ seed }));
  const planted: ShortRun['planted'][number][] = [];
  for (const { name, edits, seed, tries = 1 } of few(PLANTED_BUGS, 0))
    if (seed !== undefined) {
      const run = await session.load(name, edits);
      let { violations } = await run({ seed });
      for (let made = 1; violations.length === 0 && made < tries; made += 1)
        ({ violations } = await run({ seed }));
      planted.push({ name, seed, violations });
    }
  console.log(JSON.stringify({ broken, clean, planted } satisfies ShortRun));
} finally {
  await session.close();
}
