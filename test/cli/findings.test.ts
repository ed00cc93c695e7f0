import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nextPageCommand } from '../../cli/actions/findings.ts';
import { findingsCommand } from '../../cli/commands/findings.ts';
import type { Finding, FindingId } from '../../core/findings/finding.ts';
import type { NewFinding } from '../../ledger/index.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { carryOutFindings } from '../../upkeep/carry-out-findings.ts';
import { until } from '../until.fixture.ts';
import { type Folder, openFolder, startWorkerOf } from './cli.fixture.ts';

let folder: Folder;
let worker: ReturnType<typeof startWorkerOf>;
beforeAll(async () => {
  folder = await openFolder();
  worker = startWorkerOf(folder);
  await folder.ledger.recordFindings(
    ['bo-lindqvist', 'ana-ferreira', 'eve', 'sam-rao', '\u202eeve\u0007'].map((name) => found(name)),
  );
});
afterAll(async () => {
  await worker?.stop();
  await folder?.stop();
});

const found = (name: string): NewFinding => ({
  kind: 'access',
  provider: 'github',
  targetKey: 'team:5001',
  targetName: 'team:lantern/orders-oncall',
  target: { kind: 'team', org: 'lantern', team: 'orders-oncall', role: 'member', id: 5001 },
  what: 'member of the team',
  subject: { id: `id-${name}`, name },
  level: 'member',
  onLadder: true,
  sources: [],
});
const findings = (...args: readonly string[]) => folder.run(findingsCommand(), ...args);
async function of(name: string): Promise<Finding> {
  const all = await folder.ledger.listFindings({ states: ['open', 'adopted'], account: name, limit: 1 });
  if (!all[0]) throw new Error(`there is no finding of ${name}`);
  return all[0];
}

describe('curfew findings', () => {
  test('is a table of those that somebody must decide, in which no name has an effect', async () => {
    const { code, out } = await findings();
    expect(code).toBe(0);
    expect(out).toMatch(/^FINDING +PROVIDER +ACCOUNT +LEVEL +WHAT +FIRST SEEN \(UTC\) +STATE/);
    expect(out).toContain((await of('eve')).id.slice(-8));
    expect(out).not.toMatch(/\u202e|\u0007/);
  });

  test('is JSON for programs, with the whole id, and pages through all', async () => {
    const first = JSON.parse((await findings('--json', '--limit', '3')).out) as {
      id: string;
      account: string;
    }[];
    expect(first).toHaveLength(3);
    const rest = JSON.parse((await findings('--json', '--before', first[2]?.id ?? '')).out) as object[];
    expect(rest).toHaveLength(2);
    expect(first[0]).toMatchObject({ state: 'open', kind: 'access', level: 'member', cannot_revoke: null });
  });

  test('filters by provider and account, and says what was read when nothing is there', async () => {
    expect((await findings('--account', 'EVE', '--json')).out).toContain('"account": "eve"');
    const { out } = await findings('--provider', 'postgres');
    expect(out).toBe('No finding matches. 0 of 0 targets were read.\n');
  });

  test('the next page has the same filters', () => {
    const options = { output: 'table', state: ['adopted'], provider: 'github', limit: 5 } as const;
    expect(nextPageCommand(options, 'find_x' as FindingId)).toBe(
      'curfew findings --state adopted --provider github --limit 5 --before find_x',
    );
  });
});

describe('curfew findings adopt and revoke', () => {
  test('adopt records the reason, and returns when the sweeper carried it out', async () => {
    const bo = await of('bo-lindqvist');
    const { id } = bo;
    const adopting = findings(
      'adopt',
      id.slice(-8),
      '--reason',
      'covers the rota',
      '--seen',
      seenDigest(bo),
      '--as',
      'sam',
    );
    await until('it is decided', async () => (await of('bo-lindqvist')).pending !== undefined);
    await carryOutFindings(folder.deps);
    expect(await adopting).toMatchObject({ code: 0, out: 'Adopted. Adopted as standing access.\n' });
    expect(await of('bo-lindqvist')).toMatchObject({ state: 'adopted', closedBy: 'sam' });
    const [row] = JSON.parse((await findings('--state', 'adopted', '--json')).out) as readonly object[];
    expect(row).toMatchObject({ reason: 'covers the rota', closed_by: 'sam' });
  });

  test.each<[title: string, args: readonly string[], code: number, says: string]>([
    [
      'somebody who does not decide is refused',
      ['adopt', 'ANA', '--reason', 'x', '--seen', 'ANA-SEEN', '--as', 'ana'],
      4,
      'Only the people',
    ],
    [
      'nobody adopts their own access',
      ['adopt', 'SAM', '--reason', 'x', '--seen', 'SAM-SEEN', '--as', 'sam'],
      4,
      'your own access',
    ],
    [
      'what is not what they were shown is refused (I11)',
      ['adopt', 'ANA', '--reason', 'x', '--seen', 'another', '--as', 'sam'],
      4,
      'not the one that was on your screen',
    ],
    [
      'without a terminal, an adoption needs --seen',
      ['adopt', 'ANA', '--reason', 'x', '--as', 'sam'],
      2,
      'add --seen',
    ],
    ['without a terminal, a revocation needs --yes', ['revoke', 'ANA', '--as', 'sam'], 2, 'add --yes'],
    ['an unknown finding', ['revoke', 'zzzzzzzz', '--yes', '--as', 'sam'], 3, 'There is no finding'],
  ])('%s', async (_title, args, code, says) => {
    const [ana, sam] = [await of('ana-ferreira'), await of('sam-rao')];
    const texts: Readonly<Record<string, string>> = {
      ANA: ana.id,
      SAM: sam.id,
      'ANA-SEEN': seenDigest(ana),
      'SAM-SEEN': seenDigest(sam),
    };
    const given = args.map((each) => texts[each] ?? each);
    const answer = await findings(...given);
    expect([answer.code, `${answer.out}${answer.err}`]).toEqual([code, expect.stringContaining(says)]);
  });
});
