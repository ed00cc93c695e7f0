import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { useText } from '../../cli/actions/audit-use.ts';
import { auditCommand } from '../../cli/commands/audit.ts';
import { type Instant, leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { LeaseUse } from '../../ledger/index.ts';
import { grantedIn } from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const NOON = Date.UTC(2027, 0, 2, 12) as Instant;

test.each<[shown: string, Partial<LeaseUse>]>([
  ['3 statements', { verdict: 'used', amount: 3, unit: 'statements' }],
  ['1 statement', { verdict: 'used', amount: 1, unit: 'statements' }],
  ['never used', { verdict: 'never-used', amount: 0 }],
  ['not used until 2027-01-02 12:00:00Z', { verdict: 'not-used-so-far', amount: 0, knownUntil: NOON }],
  ['unknown: the vendor hides it', { verdict: 'unknown', amount: null, whyUnknown: 'the vendor hides it' }],
])('the use is shown as "%s"', (shown, line) => expect(useText(line as LeaseUse)).toBe(shown));

describe('curfew audit use', () => {
  let folder: Folder;
  let used: RequestId;
  let hidden: RequestId;
  beforeAll(async () => {
    folder = await openFolder();
    [used, hidden] = [await grantedIn(folder.ledger), await grantedIn(folder.ledger)];
    const readAt = (NOON + 3_600_000) as Instant;
    await folder.ledger.recordUse(leaseIdOf(used, 0), {
      readAt,
      use: {
        kind: 'known',
        source: '=the list',
        amount: 2,
        unit: 'uses',
        first: NOON,
        last: NOON,
        parts: [],
      },
    });
    await folder.ledger.recordUse(leaseIdOf(hidden, 0), {
      readAt,
      use: { kind: 'unknown', source: 'the list', why: 'it is hidden' },
    });
  });
  afterAll(() => folder?.stop());
  const use = (...args: readonly string[]) => folder.run(auditCommand(), 'use', ...args);

  test('is a table with a line for each lease, in which unknown is unknown', async () => {
    const { code, out } = await use();
    expect(code).toBe(0);
    expect(out).toMatch(/^REQUEST +PERSON +ENTITLEMENT +USE +FIRST \(UTC\) +LAST \(UTC\) +SOURCE/);
    expect(out).toMatch(/2 uses +2027-01-02 12:00:00Z/);
    expect(out).toMatch(/unknown: it is hidden/);
    expect(out).not.toMatch(/never used/);
  });

  test('is JSON and CSV for programs, and a cell is no formula', async () => {
    expect(JSON.parse((await use('--request', used, '--json')).out)).toMatchObject([
      {
        request: used,
        verdict: 'used',
        amount: 2,
        unit: 'uses',
        last: '2027-01-02T12:00:00.000Z',
        narrower: null,
      },
    ]);
    const { out } = await use('--csv', '--request', used);
    expect(out).toMatch(
      /^lease,request,person,entitlement,provider,granted_at,ended_at,verdict,first,last,amount/,
    );
    expect(out).toContain(`"'=the list"`);
  });

  test('says that nothing is known as never used, and names the next page', async () => {
    expect((await use('--never-used')).out).toMatch(/No lease matches of which it is known/);
    expect((await use('--limit', '1')).out).toMatch(/More: curfew audit use --limit 1 --before lease_/);
    expect((await use('--request', 'zzzz')).code).toBe(3);
  });

  test('has only leases that were granted in the period, and the next page has the period too', async () => {
    expect((await use('--to', '2020-01-01')).out).toMatch(/No lease that was granted matches/);
    expect((await use('--from', '2020-01-01T00:00Z', '--limit', '1')).out).toMatch(
      /More: curfew audit use --from 2020-01-01T00:00:00.000Z --limit 1 --before lease_/,
    );
    expect((await use('--from', '1h ago', '--to', '2020-01-01')).code).toBe(2);
  });
});
