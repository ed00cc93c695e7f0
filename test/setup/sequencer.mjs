import TestSequencer from '@jest/test-sequencer';

/**
 * The files that take longest start first, so that none of them is alone at the end. Those of `test/e2e` wait most of
 * their time, so two or three of them run beside files that compute.
 */
const LONGEST = [
  'test/simulator/simulator.test.ts',
  'test/e2e/attacks-and-faults.test.ts',
  'sandbox/test/browser/story.test.ts',
  'test/e2e/story.test.ts',
  'test/e2e/only-the-reaper.test.ts',
  'test/e2e/kill.test.ts',
  'test/providers/postgres.test.ts',
  'test/providers/aws-iam.test.ts',
  'test/e2e/mechanisms.test.ts',
  'test/first-run/first-run.test.ts',
  'test/providers/postgres-persistence.test.ts',
  'test/workflows/outage.test.ts',
  'test/providers/postgres-standby-late.test.ts',
  'test/console/keycloak.test.ts',
  'test/e2e/bad-input.test.ts',
  'test/providers/github.test.ts',
  'test/console/barriers.test.ts',
  'test/workflows/faults.test.ts',
  'test/upkeep/quarantine.test.ts',
  'test/providers/postgres-standby.test.ts',
  'test/providers/postgres-reaper.test.ts',
  'test/findings/reconcile.test.ts',
  'test/requests/verify-access.test.ts',
  'test/deploy/reaper.test.ts',
  'test/workflows/clock.test.ts',
  'test/workflows/attacker.test.ts',
  'test/workflows/life.test.ts',
  'test/requests/mass-ending.test.ts',
  'test/e2e/refusals.test.ts',
  'sandbox/test/page/browser.test.ts',
  'sandbox/test/page/accessibility.test.ts',
  'sandbox/test/launch/start.test.ts',
  'test/providers/github-renames.test.ts',
  'test/providers/aws-iam-preflight.test.ts',
  'test/bot/bot.test.ts',
  'test/upkeep/sweep.test.ts',
  'test/cli/waiting.test.ts',
  'test/imports/production.test.ts',
  'test/e2e/versions.test.ts',
  'test/kinds.test.ts',
  'sandbox/test/page/phone-and-keyboard.test.ts',
  'test/bot/app.test.ts',
  'test/app/connections.test.ts',
];

/** The order of test files: the longest first, then in Jest's own order. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const found = LONGEST.findIndex((name) => path.endsWith(name));
      return found === -1 ? LONGEST.length : found;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
