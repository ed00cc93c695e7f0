import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { trustedKeys } from '../../app/log-keys.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { auditCommand } from '../../cli/commands/audit.ts';
import { grantedIn, newRequest, opening, rowsOf } from '../ledger/ledger.fixture.ts';
import { type Folder, logKeysOf, openFolder } from './cli.fixture.ts';
import { publishAll, whilePublished } from '../audit/published.fixture.ts';

let folder: Folder;
beforeAll(async () => {
  folder = await openFolder();
  mkdirSync(join(folder.home, 'log'));
});
afterAll(() => folder?.stop());

/** Runs a command beside a sequencer. */
const runPublished = (...args: readonly string[]) =>
  whilePublished(publish, folder.run(auditCommand(), ...args));
const evidence = (...args: readonly string[]) => runPublished('evidence', ...args);
const at = (name: string): string => join(folder.home, name);

const review = (...args: readonly string[]) => runPublished('review', ...args);

/** Signs a checkpoint over everything that is recorded. */
const publish = () => publishAll(folder.ledger, logKeysOf(folder));

test('an export is refused while no checkpoint was published', async () => {
  expect(await folder.run(auditCommand(), 'export', at('early'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('no checkpoint of the log was published yet'),
  });
});

describe('curfew audit evidence', () => {
  test('makes a folder that curfew audit verify accepts, and refuses with another checksum', async () => {
    await grantedIn(folder.ledger);
    const log = folder.connections.log!;
    await publish();
    const made = await evidence('soc2', 'AC-2', '--from', '1h ago', '--out', at('q4'), '--sample', '3');
    expect([made.err, made.code]).toEqual(['', 0]);
    expect(made.out).toMatch(
      /^Evidence of 6 controls from .*\n\n +1 {2}Access that was held.*\n +1 {2}of the first in the sample/s,
    );
    const [, checksum = ''] = /SHA256SUMS is ([0-9a-f]{64})\./.exec(made.out) ?? [];
    const contents = JSON.parse(readFileSync(join(at('q4'), 'evidence/controls.json'), 'utf8')) as {
      controls: { id: string }[];
    };
    expect(contents.controls.map(({ id }) => id)).toContain('AC-2');

    const verify = (sum: string) =>
      folder.run(auditCommand(), 'verify', at('q4'), '--key', trustedKeys(log)[0]!.text, '--checksum', sum);
    expect(await verify(checksum)).toMatchObject({ code: 0, out: expect.stringContaining('Verified: all') });
    expect(await verify('0'.repeat(64))).toMatchObject({
      code: 5,
      out: expect.stringContaining('its SHA-256 is'),
    });
  });

  test.each<[string, readonly string[], number, string]>([
    [
      'a control that nobody knows',
      ['CC6.9', '--from', '1h ago'],
      3,
      'There is no framework and no control "CC6.9"',
    ],
    ['no beginning', ['soc2'], 2, "required option '--from"],
    [
      'a beginning after the end',
      ['soc2', '--from', '1h ago', '--to', '2h ago'],
      2,
      'must be before that of --to',
    ],
    ['a sample that is no number', ['soc2', '--from', '1h ago', '--sample', 'all'], 2, 'from 0 to 10000'],
    [
      'two scopes',
      ['soc2', '--from', '1h ago', '--entitlement', 'a', '--provider', 'b'],
      2,
      'cannot be used with',
    ],
  ])('%s is refused', async (_what, args, code, err) => {
    expect(await evidence(...args, '--out', at('none'))).toMatchObject({
      code,
      err: expect.stringContaining(err),
    });
  });

  test.each<[string, readonly string[], string]>([
    [
      'an entitlement that does not exist',
      ['--entitlement', 'orders-bd'],
      'There is no entitlement "orders-bd" in the catalogue. Did you mean "orders-db"?',
    ],
    ['a provider that does not exist', ['--provider', 'postgers'], 'no access at a provider "postgers"'],
  ])('%s is refused before anything is recorded or written', async (_what, args, err) => {
    const orders = () => rowsOf(folder.url, 'select id from copy_order');
    const before = await orders();
    expect(await evidence('soc2', '--from', '1h ago', ...args, '--out', at('unknown'))).toMatchObject({
      code: 3,
      err: expect.stringContaining(err),
    });
    expect([existsSync(at('unknown')), await orders()]).toEqual([false, before]);
  });

  test.each([
    ['by a synonym of it', 'orders', 'orders-db'],
    ['that is not in the catalogue any more', 'old-db', 'old-db'],
  ])('an entitlement %s is understood', async (_what, typed, id) => {
    const old = newRequest();
    await grantedIn(folder.ledger, { details: { ...opening(old).details, entitlement: 'old-db' } });
    const out = at(`of-${typed}`);
    expect(await evidence('CC6.1', '--from', '1h ago', '--entitlement', typed, '--out', out)).toMatchObject({
      code: 0,
    });
    expect(JSON.parse(readFileSync(join(out, 'evidence/controls.json'), 'utf8'))).toMatchObject({
      entitlement: id,
    });
  });

  test('is ordered by the person whose login this is in people.yaml, or else by "unix:" and the login', async () => {
    const login = userInfo().username;
    const people = join(folder.config, 'people.yaml');
    const before = readFileSync(people, 'utf8');
    const orderedBy = async (out: string) => {
      await evidence('CC6.1', '--from', '1h ago', '--out', at(out));
      return (await rowsOf(folder.url, 'select by, via from copy_order order by at desc limit 1'))[0];
    };
    expect(await orderedBy('by-login')).toEqual({ by: `unix:${login}`, via: 'cli' });
    try {
      writeFileSync(people, before.replace('slack: U0CYOKAFR1', `$&, unix: ${login}`));
      expect(await orderedBy('by-person')).toEqual({ by: 'cy', via: 'cli' });
      writeFileSync(people, before.replaceAll('slack: U', `unix: ${login}, $&`));
      expect(await orderedBy('by-several')).toEqual({ by: `unix:${login}`, via: 'cli' });
    } finally {
      writeFileSync(people, before);
    }
  });

  test('a folder that has files is refused', async () => {
    expect(await evidence('soc2', '--from', '1h ago', '--out', at('q4'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not empty'),
    });
  });
});

describe('the questions of evidence are commands too:', () => {
  test.each([
    [['grants', '--from', '1h ago'], /ana .*orders-db .*bo/],
    [['self-approvals'], /^Nobody approved what they requested\.\n$/],
    [['approvals'], /bo .*ana .*orders-db/],
  ])('curfew audit %p', async (args, shown) => {
    expect(await folder.run(auditCommand(), ...args)).toMatchObject({
      code: 0,
      out: expect.stringMatching(shown),
    });
  });
});

describe('curfew audit review', () => {
  const id = `review_${'0'.repeat(26)}` as ReviewId;

  test('prints the lines of a review, and makes a folder that curfew audit verify accepts', async () => {
    const now = await folder.ledger.now();
    const from = (now - 3_600_000) as Instant;
    const scope = { from, to: now, scope: { entitlement: ['orders-db'] }, accounts: [] };
    const due = (now + 86_400_000) as Instant;
    await folder.ledger.openReview({ id, by: 'dee' as PersonId, title: 'Autumn', due, ...scope });
    await publish();
    expect(await review(id)).toMatchObject({ code: 0, out: expect.stringMatching(/DECISION.*\n.*ana/) });
    const made = await review(id, '--out', at('review'));
    expect([made.err, made.code]).toEqual(['', 0]);
    expect(made.out).toMatch(
      /1 line of a population of 1: 0 certified, 0 objected to, 1 not decided\nThe review is not/,
    );
    const [, checksum = ''] = /SHA256SUMS is ([0-9a-f]{64})\./.exec(made.out) ?? [];
    const key = trustedKeys(folder.connections.log!)[0]!.text;
    expect(
      await folder.run(auditCommand(), 'verify', at('review'), '--key', key, '--checksum', checksum),
    ).toMatchObject({ code: 0, out: expect.stringContaining('Verified: all') });
  });

  test.each([[[]], [['--out', 'none']]])('of a review that is not there it says so (%j)', async (args) => {
    expect(await review(`review_${'1'.repeat(26)}`, ...args)).toMatchObject({
      code: 3,
      err: expect.stringContaining('"curfew audit reviews" lists them'),
    });
  });
});
