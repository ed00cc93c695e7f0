import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';

/** Which test file holds each test. The first run writes it in Stryker's copy of the project, for all processes. */
const FILES = 'test-files.json';

/**
 * Stryker's runner for Jest, which runs only the test files that reach a change, one after the other, and none after
 * one has noticed it. Stryker's own starts every file for every change, which takes seconds.
 */
function createRunner(injector) {
  const runner = jestPlugins[0].factory(injector);
  let fileOfTest;

  /** Runs the tests of one file against a change. */
  function runFile(file, options) {
    runner.jestConfig = { ...runner.jestConfig, testMatch: [file] };
    return runner.mutantRun(options);
  }

  return {
    capabilities: () => runner.capabilities(),
    init: () => runner.init(),
    async dryRun(options) {
      const result = await runner.dryRun(options);
      writeFileSync(FILES, JSON.stringify(result.tests?.map(({ id, fileName }) => [id, fileName]) ?? []));
      return result;
    },
    async mutantRun(options) {
      fileOfTest ??= new Map(JSON.parse(readFileSync(FILES, 'utf8')));
      const tests = options.testFilter ?? [...fileOfTest.keys()];
      const files = new Set(tests.map((test) => fileOfTest.get(test)));
      let result;
      for (const file of nearestFirst(files, options.sandboxFileName)) {
        result = await runFile(file, options);
        if (result.status !== 'survived') break;
      }
      // The change broke a fixture, so the file could not be loaded.
      if (result.status === 'error')
        return { status: 'killed', killedBy: tests, failureMessage: result.errorMessage, nrOfTests: 0 };
      return result;
    },
  };
}
createRunner.inject = jestPlugins[0].factory.inject;

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
