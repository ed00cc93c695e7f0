import { describe, expect, test } from '@jest/globals';
import { freshSeed, seedsLike, seedsOf } from '../../simulator/seeds.ts';
import { scenarioOf } from '../../simulator/world/scenarios.ts';

const usual = { first: 1, count: 0, every: 1, scenarios: 0 };

describe('the seeds of a run', () => {
  test.each([
    ['come one after the other', { count: 3 }, [1, 2, 3]],
    ['are of one theme', { first: 13, count: 3, every: 20 }, [13, 33, 53]],
    ['leave out those of scenarios, which are no drawn seeds', { first: 998, count: 3 }, [998, 999, 20_000]],
    ['are those of a scenario when the first one is', { first: 15_011, count: 2 }, [15_011, 15_012]],
  ])('%s', (_what, wanted, expected) => expect(seedsOf({ ...usual, ...wanted })).toEqual(expected));

  test('have as many of each scenario as somebody wants, and others with another first seed', () => {
    const seeds = seedsOf({ ...usual, scenarios: 200 });
    expect(seeds).toHaveLength(19 * 200);
    expect(seeds.slice(0, 2)).toEqual([1_000, 1_001]);
    expect(seedsOf({ ...usual, first: 900, scenarios: 200 })[0]).toBe(1_098);
    for (const first of [1, 801, 802, 1_000_000_000])
      expect(seedsOf({ ...usual, first, scenarios: 200 }).map(scenarioOf)).not.toContain(undefined);
  });

  test.each([
    ['its scenario', 15_002, [15_002, 15_000, 15_001]],
    ['its theme', 33, [33, 13, 53]],
  ])('are like one: after it come others of %s', (_what, seed, expected) =>
    expect(seedsLike(seed, 3)).toEqual(expected),
  );

  test('that nobody chose begin above those of the scenarios', () =>
    expect(scenarioOf(freshSeed())).toBeUndefined());
});
