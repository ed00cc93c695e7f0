import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditCommand } from '../../cli/commands/audit.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { publishAll, whilePublished } from '../audit/published.fixture.ts';
import { grantedIn } from '../ledger/ledger.fixture.ts';
import { type Folder, logKeysOf, openFolder, runCommand, withEnvironment } from './cli.fixture.ts';

const REVIEW = `review_${'0'.repeat(26)}` as ReviewId;

let folder: Folder;
/** A folder in which no demo runs. */
let home: string;
let request: string;
let key: string;
beforeAll(async () => {
  folder = await openFolder();
  home = mkdtempSync(join(tmpdir(), 'curfew-audit-settings-'));
  const { ledger } = folder;
  request = await grantedIn(ledger);
  const now = await ledger.now();
  const period = { from: (now - 3_600_000) as Instant, to: now, due: (now + 86_400_000) as Instant };
  await ledger.openReview({
    ...{ id: REVIEW, by: 'dee' as PersonId, title: 'Autumn', scope: {}, accounts: [] },
    ...period,
  });
  await publish();
  key = logKeysOf(folder).trusted[0]!.text;
  mkdirSync(join(home, 'made'));
});
afterAll(async () => {
  await folder?.stop();
  rmSync(home, { recursive: true, force: true });
});

const publish = () => publishAll(folder.ledger, logKeysOf(folder));

type Settings = Readonly<Record<string, string>>;
const run = (settings: Settings, args: readonly string[]) =>
  withEnvironment({ CURFEW_HOME: home, ...settings }, () => runCommand(auditCommand(), args));

const LISTS = [
  ...['fast', 'pairs', 'overstays', 'grants', 'self-approvals', 'approvals', 'refusals', 'drift', 'findings'],
  ...['decisions', 'endings', 'policies', 'readings', 'reviews', 'review-decisions', 'purges', 'gains'],
];

/** Commands that read the ledger alone. */
const OF_THE_LEDGER: readonly (readonly [name: string, args: () => readonly string[]])[] = [
  ...LISTS.map((name) => [name, () => [name]] as const),
  ['access', () => ['access', 'orders-db']],
  ['held', () => ['held', 'ana']],
  ['approvals of a person', () => ['approvals', 'bo']],
  ['requests', () => ['requests', 'person:ana']],
  ['story', () => ['story', request]],
  ['use', () => ['use', '--entitlement', 'orders-db']],
  ['numbers', () => ['numbers']],
  ['review', () => ['review', REVIEW]],
];

/** Commands that read the log too. */
const OF_THE_LOG: typeof OF_THE_LEDGER = [
  ['export', () => ['export', join(home, 'made/export')]],
  ['prove', () => ['prove', request]],
  ['evidence', () => ['evidence', 'soc2', '--from', '1h ago', '--out', join(home, 'made/evidence')]],
  ['the folder of a review', () => ['review', REVIEW, '--out', join(home, 'made/review')]],
];

const ledgerSettings = (): Settings => ({ DATABASE_URL: folder.appUrl });
const logSettings = (): Settings => ({
  ...ledgerSettings(),
  CURFEW_LOG_NAME: 'log.example/cli',
  CURFEW_LOG_PUBLIC_KEYS: key,
});

describe('a command that reads what was recorded needs no setting of another part:', () => {
  test.each(OF_THE_LEDGER)('curfew audit %s, with the address of the ledger alone', async (_name, args) => {
    expect(await run(ledgerSettings(), args())).toMatchObject({ code: 0, out: expect.stringMatching(/./) });
  });

  test.each(OF_THE_LOG)('curfew audit %s, with the ledger and the log alone', async (_name, args) => {
    expect(await whilePublished(publish, run(logSettings(), args()))).toMatchObject({ code: 0, err: '' });
  });

  test('curfew audit verify, without any setting', async () => {
    await run(logSettings(), ['export', join(home, 'made/verified')]);
    expect(await run({}, ['verify', join(home, 'made/verified'), '--key', key])).toMatchObject({ code: 0 });
  });

  test.each([
    ['erase', ['erase', 'nobody', '--yes'], /nothing of nobody/],
    ['begin-log', ['begin-log', 'log.example/cli'], /The log was not begun/],
  ])('curfew audit %s, with the login of the owner alone', async (_name, args, words) => {
    const { out, err } = await run({ DATABASE_URL: folder.url, SLACK_BOT_TOKEN: 'x' }, args);
    expect(out + err).toMatch(words);
  });

  test('curfew audit purge, with the login of the owner and the log', async () => {
    const made = join(home, 'made/purged');
    await run(logSettings(), ['export', made]);
    const settings = {
      ...{ ...logSettings(), CURFEW_MIGRATION_DATABASE_URL: folder.url },
      TEMPORAL_ADDRESS: 'x',
    };
    const { err } = await run(settings, ['purge', '--before', '2020-01-01', '--export', made, '--yes']);
    expect(err).toContain('Nothing was removed: no quarter that is over');
  });
});

describe('a command that misses the setting of the ledger names it:', () => {
  test.each(OF_THE_LEDGER)('curfew audit %s', async (_name, args) => {
    const { code, err } = await run({}, args());
    expect([code, err]).toEqual([2, expect.stringContaining('these settings are missing: DATABASE_URL.')]);
  });

  test.each(OF_THE_LOG)('curfew audit %s', async (_name, args) => {
    const { DATABASE_URL: _url, ...settings } = logSettings();
    const { code, err } = await run(settings, args());
    expect([code, err]).toEqual([2, expect.stringContaining('these settings are missing: DATABASE_URL.')]);
  });

  test('also where a demo runs, because the name of a log is that of a real installation', async () => {
    const settings = { CURFEW_HOME: folder.home, CURFEW_LOG_NAME: 'log.example/real' };
    for (const args of [['pairs'], ['export', join(home, 'made/none')], ['erase', 'nobody', '--yes']]) {
      const { code, err } = await run(settings, args);
      expect([args, code, err]).toEqual([args, 2, expect.stringContaining('missing: DATABASE_URL.')]);
    }
  });

  test.each<[string, Settings, readonly string[], string]>([
    ['a question', { DATABASE_URL: 'mysql://x' }, ['pairs'], 'DATABASE_URL must be'],
    ['a proof', { DATABASE_URL: 'mysql://x' }, ['prove', '--from', '1'], 'DATABASE_URL must be'],
    [
      'an administrator who mistyped the login of the owner',
      { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x', CURFEW_MIGRATION_DATABSE_URL: 'x' },
      ['erase', 'nobody', '--yes'],
      'CURFEW_MIGRATION_DATABSE_URL is not a setting',
    ],
  ])('and %s says what is wrong with it', async (_who, settings, args, words) => {
    const { code, err } = await run(settings, args);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
  });
});

test.each(OF_THE_LOG)(
  'without the name of the log, curfew audit %s names that setting',
  async (_name, args) => {
    const { code, err } = await run(ledgerSettings(), args());
    expect([code, err]).toEqual([2, expect.stringContaining('CURFEW_LOG_NAME is not set')]);
  },
);

describe('without the folder of the policy, whoever asks about a name is told that ids alone are understood:', () => {
  test.each([
    ['access', ['access', 'orders-db']],
    ['held', ['held', 'ana']],
    ['approvals', ['approvals', 'bo']],
    ['requests', ['requests', 'person:ana']],
    ['use', ['use', '--person', 'ana']],
  ])('curfew audit %s', async (_name, args) => {
    const told = 'CURFEW_CONFIG is not set, so only ids are understood';
    expect((await run(ledgerSettings(), args)).err).toContain(told);
    const withPolicy = { ...ledgerSettings(), CURFEW_CONFIG: folder.config };
    expect((await run(withPolicy, args)).err).not.toContain(told);
  });

  test('and curfew audit use --partly names it, because it proposes what the catalogue has', async () => {
    const { code, err } = await run(ledgerSettings(), ['use', '--partly']);
    expect([code, err]).toEqual([2, expect.stringContaining('CURFEW_CONFIG')]);
  });
});
