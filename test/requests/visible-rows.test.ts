import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { no, ok } from '../../core/result.ts';
import type { ReviewLine } from '../../core/reviews/review.ts';
import { AUDIT_VIEWS, type AuditView } from '../../ledger/questions/audit-views.ts';
import type { Policy, Sight } from '../../policy/index.ts';
import { seenLines, seesWholeReview } from '../../requests/reviews/seen-lines.ts';
import { visibleRows } from '../../requests/visible-rows.ts';

const sightOf = (reader: string, more: Partial<Sight> = {}): Sight => ({
  ...{ reader: reader as PersonId, isAuditor: false, isSecurity: false },
  ...{ owns: new Set(), approves: new Set(), manages: new Set() },
  ...more,
});
const at = (provider: string, name: string) => ({ kind: 'target', provider, name });

describe('the rows of a list that somebody may see (T29)', () => {
  const entitlements = new Map(
    Object.entries({ one: ['a', 'b'], two: ['b', 'c'], three: ['d'] }).map(([id, keys]) => [
      id,
      { id, targets: keys.map((lockKey) => ({ provider: 'github', lockKey })) },
    ]),
  );
  const policy = {
    current: () => Promise.resolve(ok({ entitlements })),
    findingDeciders: () => Promise.resolve(ok(['sam', 'dee', 'eli'])),
  } as unknown as Policy;
  const unreadable = {
    current: () => Promise.resolve(no('x')),
    findingDeciders: () => Promise.resolve(no('x')),
  } as unknown as Policy;
  const owner = sightOf('cy', { owns: new Set(['one', 'two']) });
  const OF_OWNER = {
    kind: 'some',
    isOwn: false,
    where: { kind: 'any', of: [at('github', 'a'), at('github', 'b'), at('github', 'c')] },
  };

  test.each<[string, AuditView, Sight, Policy, object]>([
    ['an auditor: all findings', 'finding', sightOf('ada', { isAuditor: true }), policy, { kind: 'all' }],
    [
      'an auditor: all drift, while the policy cannot be read',
      'drift',
      sightOf('ada', { isAuditor: true }),
      unreadable,
      { kind: 'all' },
    ],
    [
      'the second of three who decide about findings: all',
      'finding',
      sightOf('dee'),
      policy,
      { kind: 'all' },
    ],
    [
      'the owner of two of three entitlements: each of their targets, once',
      'finding',
      owner,
      policy,
      OF_OWNER,
    ],
    ['and the decisions about them', 'finding_decision', owner, policy, OF_OWNER],
    [
      'who owns nothing, also who approves something: none',
      'finding',
      sightOf('bo', { approves: new Set(['one']) }),
      policy,
      { kind: 'none' },
    ],
    ['an owner, while the policy cannot be read: none', 'finding', owner, unreadable, { kind: 'none' }],
    ['a security person: no drift', 'drift', sightOf('dee', { isSecurity: true }), policy, { kind: 'none' }],
    [
      'a manager: the approvals that they gave themselves',
      'approval',
      sightOf('bo', { manages: new Set(['ana' as PersonId]) }),
      policy,
      { kind: 'some', isOwn: true, where: { kind: 'is', column: 'person', value: 'bo' } },
    ],
  ])('%s', async (_who, view, sight, of, expected) =>
    expect(await visibleRows(of, sight, view)).toEqual(expected),
  );

  const OPEN_TO_OTHERS: readonly string[] = ['approval', 'refusal', 'finding', 'finding_decision'];
  test.each((Object.keys(AUDIT_VIEWS) as AuditView[]).filter((view) => !OPEN_TO_OTHERS.includes(view)))(
    'nobody but an auditor sees rows of %s',
    async (view) => {
      const sight = sightOf('dee', { isSecurity: true, owns: new Set(['one']) });
      expect(await visibleRows(policy, sight, view)).toEqual({ kind: 'none' });
    },
  );
});

describe('the lines of a review that somebody may see', () => {
  const line = (id: string, more: object = {}): ReviewLine =>
    ({
      id,
      kind: 'grant',
      person: 'ana',
      entitlement: 'one',
      approvals: [['eve']],
      ...more,
    }) as unknown as ReviewLine;
  const lines = [
    line('of ana'),
    line('of bo', { person: 'bo' }),
    line('decided by cy', { decision: { kind: 'certify', by: 'cy', at: 0, click: 'c' } }),
    line('standing', { kind: 'standing', leaseOf: 'ana' }),
  ];
  const policy = {
    reviewersFor: (accesses: readonly Readonly<{ person?: PersonId }>[]) =>
      Promise.resolve(
        ok(
          accesses.map(({ person }) => ({
            owner: person,
            reviewers: person === 'bo' ? ['dee'] : ['zed', 'bo', 'dee'],
          })),
        ),
      ),
  } as unknown as Policy;
  const seen = async (sight: Sight, of = policy) => {
    const found = await seenLines(of, sight, lines);
    return {
      lines: found.map(
        ({ line: { id }, mayDecide, isOwn }) => `${id}${mayDecide ? ' !' : ''}${isOwn ? ' own' : ''}`,
      ),
      whole: seesWholeReview(sight, found),
    };
  };

  test.each<[string, Sight, readonly string[], boolean]>([
    ['whose access it is', sightOf('ana'), ['of ana own', 'decided by cy own'], false],
    [
      'the second of three reviewers, who has access too',
      sightOf('bo'),
      ['of ana !', 'of bo own', 'decided by cy', 'standing !'],
      true,
    ],
    ['who decided a line', sightOf('cy'), ['decided by cy'], true],
    [
      'who may review each line',
      sightOf('dee'),
      ['of ana !', 'of bo !', 'decided by cy', 'standing !'],
      true,
    ],
    ['who approved it', sightOf('eve'), [], false],
    [
      'an auditor',
      sightOf('ada', { isAuditor: true }),
      ['of ana', 'of bo', 'decided by cy', 'standing'],
      true,
    ],
  ])('%s', async (_who, sight, expected, whole) =>
    expect(await seen(sight)).toEqual({ lines: expected, whole }),
  );

  test('while the policy cannot be read: those about their own access, and nobody may decide one', async () => {
    const unreadable = { reviewersFor: () => Promise.resolve(no('x')) } as unknown as Policy;
    expect((await seen(sightOf('ana'), unreadable)).lines).toEqual([
      'of ana own',
      'decided by cy own',
      'standing own',
    ]);
    expect((await seen(sightOf('dee'), unreadable)).lines).toEqual([]);
  });
});
