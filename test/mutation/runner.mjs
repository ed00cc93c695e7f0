import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';

/** Which test files reach each change. The first run writes it in Stryker's copy of the project, for all processes. */
const REACHED = 'files-of-changes.json';

/**
 * Stryker's runner for Jest, which runs only the test files that reach a change, one after the other, and none after
 * one has noticed it. Stryker's own starts every file for every change, which takes seconds.
 */
function createRunner(injector) {
  const runner = jestPlugins[0].factory(injector);
  let reached;
  const chooseFile = (file) => (runner.jestConfig = { ...runner.jestConfig, testMatch: [file] });

  return {
    capabilities: () => runner.capabilities(),
    init: () => runner.init(),

    /** Runs each test file once without a change, and keeps which changes each of them reaches. */
    async dryRun(options) {
      const tests = [];
      let [mutantCoverage, counted] = [undefined, new Map()];
      const filesOf = {};
      for (const file of JSON.parse(process.env.MUTATION_TEST_FILES)) {
        chooseFile(join(process.cwd(), file));
        const result = await runner.dryRun(options);
        if (result.status !== 'complete') return result;
        tests.push(...result.tests);
        mutantCoverage = result.mutantCoverage ?? mutantCoverage;
        const counts = timesReached(mutantCoverage);
        for (const [change, times] of counts)
          if (times !== counted.get(change)) (filesOf[change] ??= []).push(join(process.cwd(), file));
        counted = counts;
      }
      writeFileSync(REACHED, JSON.stringify(filesOf));
      return { status: 'complete', tests, mutantCoverage };
    },

    async mutantRun(options) {
      reached ??= JSON.parse(readFileSync(REACHED, 'utf8'));
      const files = reached[options.activeMutant.id] ?? [];
      let result = { status: 'survived', nrOfTests: 0 };
      for (const file of nearestFirst(files, options.sandboxFileName)) {
        chooseFile(file);
        result = await runner.mutantRun(options);
        if (result.status !== 'survived') break;
      }
      // The change broke a fixture, so the file could not be loaded.
      if (result.status === 'error')
        return { status: 'killed', killedBy: [], failureMessage: result.errorMessage, nrOfTests: 0 };
      return result;
    },
  };
}
createRunner.inject = jestPlugins[0].factory.inject;

/**
 * How often each change was reached up to now, in tests and while files were loaded or prepared. Stryker
 * does not begin again at zero for each file.
 */
function timesReached(coverage) {
  const counts = new Map();
  for (const reached of [coverage?.static, ...Object.values(coverage?.perTest ?? {})])
    for (const [change, times] of Object.entries(reached ?? {}))
      counts.set(change, (counts.get(change) ?? 0) + times);
  return counts;
}

/** The tests of the changed file, then those of its folder, then the others. Laws take longest, so they run last. */
function nearestFirst(files, changed) {
  const mirror = join('test', relative(process.cwd(), changed)).replace(/\.ts$/, '');
  // The tests of providers/github/team.ts are in test/providers/github-team.test.ts.
  const own = [`${mirror}.test.ts`, `${dirname(mirror)}-${basename(mirror)}`];
  const distance = (file) => {
    if (file.endsWith('.laws.test.ts')) return 3;
    if (own.some((name) => file.includes(name))) return 0;
    return file.includes(`${dirname(mirror)}/`) ? 1 : 2;
  };
  return [...files].sort(
    (one, other) => distance(one) - distance(other) || statSync(one).size - statSync(other).size,
  );
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'jest-by-file', createRunner)];
