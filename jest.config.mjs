import { availableParallelism } from 'node:os';
import { ONLY_WITH_ALL } from './test/setup/only-with-all.mjs';
import { PURE } from './test/setup/pure.mjs';

// Hides a warning about the Node version of later releases of the AWS SDK.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Tests run as native ES modules; swc strips the types and compiles the pages' JSX. */
const shared = {
  cacheDirectory: '<rootDir>/node_modules/.cache/jest', // The temporary folder of `npm test` is new in each run.
  testEnvironment: '<rootDir>/test/setup/environment.mjs',
  roots: ['<rootDir>/test', '<rootDir>/sandbox/test'],
  // Of zod's fifty languages only one is loaded. Most test files load zod, and the languages are half of it.
  moduleNameMapper: { '^\\.\\./locales/index\\.js$': '<rootDir>/node_modules/zod/v4/locales/en.js' },
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'hono/jsx' } },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
const isFile = (place) => /\.tsx?$/.test(place);
const ignored = (place) => `<rootDir>/${place}${isFile(place) ? '$' : '/'}`;
/** `npm test` alone runs the quick tests. */
const left = process.env.TEST_QUICK ? ONLY_WITH_ALL : [];

/**
 * Tests with servers wait and compute by turns, so there are some more workers than processors. With many more, each waits for the
 * others, and what must happen in time is late. Each test file has its own database and task queue.
 */
export default {
  testTimeout: 300_000, // Ends a test that hangs. No test passes or fails by how long it takes.
  maxWorkers: availableParallelism() + 2,
  testSequencer: '<rootDir>/test/setup/sequencer.mjs',
  reporters: ['default', '<rootDir>/test/setup/hanging-files.mjs'],
  projects: [
    {
      ...shared,
      displayName: 'pure',
      testMatch: PURE.map((place) => `<rootDir>/${isFile(place) ? place : `${place}/**/*.test.ts`}`),
    },
    {
      ...shared,
      displayName: 'servers',
      testMatch: ['**/*.test.ts', '**/*.test.tsx'],
      testPathIgnorePatterns: ['/node_modules/', ...[...PURE, ...left].map(ignored)],
      globalSetup: '<rootDir>/test/setup/start.mjs',
      globalTeardown: '<rootDir>/test/setup/stop.mjs',
    },
  ],
};
