/**
 * The test files that only `npm test -- --all` runs: they take longest, and what they add to other tests is that the whole product runs.
 * Each promise that one of them checks has a direct test in `npm test` too. A file that is named on the command line always runs.
 */
export const ONLY_WITH_ALL = [
  'sandbox/test/browser/story.test.ts',
  'sandbox/test/launch/start.test.ts',
  'sandbox/test/page/browser.test.ts',
  'sandbox/test/page/phone-and-keyboard.test.ts',
  'test/audit/places/litewitness.test.ts',
  'test/bench',
  'test/console/barriers.test.ts',
  'test/console/keycloak.test.ts',
  'test/console/picture.laws.test.ts',
  'test/deploy/reaper.test.ts',
  'test/e2e/attacks-and-faults.test.ts',
  'test/e2e/bad-input.test.ts',
  'test/e2e/kill.test.ts',
  'test/e2e/mechanisms.test.ts',
  'test/e2e/only-the-reaper.test.ts',
  'test/e2e/parts-wait.test.ts',
  'test/e2e/versions.test.ts',
  'test/faults',
  'test/first-run/first-run.test.ts',
  'test/ledger/person-limits.test.ts',
  'test/providers/postgres-close-on-replicas.test.ts',
  'test/providers/postgres-standby-late.test.ts',
  'test/providers/postgres-standby.test.ts',
  'test/providers/postgres-wait-for-standbys.test.ts',
  'test/simulator/simulator.test.ts',
  'test/workflows/attacker.test.ts',
  'test/workflows/faults.test.ts',
  'test/workflows/outage.test.ts',
];
