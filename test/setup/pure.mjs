/**
 * The tests that need no server, no browser and no process of their own: folders and files. `npm run test:pure` runs
 * them without starting anything.
 */
export const PURE = [
  'test/core',
  'test/mutation',
  'test/policy',
  'test/wording',
  'test/temporal/client.test.ts',
  'test/app/provider-deps.test.ts',
  'test/app/settings.test.ts',
  'test/app/supervise.test.ts',
  'test/bot/account-check.test.ts',
  'test/bot/blocks.test.ts',
  'test/cli/role-option.test.ts',
  'test/cli/sentences.test.ts',
  'test/imports/table.test.ts',
  'test/ledger/sealer.test.ts',
  'test/providers/aws-iam-api.test.ts',
  'test/providers/descriptions.test.ts',
  'test/providers/fake.test.ts',
  'test/providers/index.test.ts',
  'test/providers/postgres-sessions.test.ts',
  'test/setup/explain.test.ts',
  'test/docs.test.ts',
  'test/invariants.test.ts',
  'test/one-word.test.ts',
  'sandbox/test/page/access-panel.test.ts',
  'sandbox/test/page/blocks.test.tsx',
  'sandbox/test/page/dates.test.ts',
  'sandbox/test/page/mrkdwn.test.tsx',
  'sandbox/test/slack/blocks.test.ts',
];
