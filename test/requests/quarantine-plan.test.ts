import { describe, expect, test } from '@jest/globals';
import { type Instant, requestIdOfLease } from '../../core/ids.ts';
import { no, ok } from '../../core/result.ts';
import type { KnownLease, PlanLine, QuarantineAnswer } from '../../ledger/index.ts';
import { decideQuarantineAnswer } from '../../requests/end-quarantine.ts';
import type { Deps } from '../../requests/deps.ts';
import { planDigest, planOf } from '../../requests/quarantine-plan.ts';
import { entryOf, leaseNamed, never, noon } from '../manifest/manifest.fixture.ts';

const later = (noon + 3_600_000) as Instant;
const line = (over: Partial<PlanLine> = {}): PlanLine => {
  const lease = over.lease ?? leaseNamed('a');
  return {
    ...{ lease, request: requestIdOfLease(lease), kind: 'later-end', entry: {}, signed: '' },
    ...{ accessKey: 'key', endsAt: later, ledgerEndsAt: noon, ...over },
  };
};

describe('the digest of the plan that a person has seen', () => {
  const plan = [line(), line({ lease: leaseNamed('b') })];
  const digest = planDigest(plan);

  test('is the same in any order, and whatever they were not shown', () => {
    expect(planDigest(plan.toReversed())).toBe(digest);
    expect(planDigest([line({ goneAt: noon, signed: 'x' }), line({ lease: leaseNamed('b') })])).toBe(digest);
  });

  test.each<[string, readonly PlanLine[]]>([
    ['another end', [line({ endsAt: (later + 1) as Instant }), line({ lease: leaseNamed('b') })]],
    ['another end in the ledger', [line({ ledgerEndsAt: later }), line({ lease: leaseNamed('b') })]],
    ['another kind', [line({ kind: 'unknown' }), line({ lease: leaseNamed('b') })]],
    ['another lease', [line(), line({ lease: leaseNamed('c') })]],
    ['one lease more', [...plan, line({ lease: leaseNamed('c') })]],
    ['one lease less', [line()]],
  ])('is another one with %s (I25)', (_what, other) => {
    expect(planDigest(other)).not.toBe(digest);
  });
});

describe('what the manifest knows more than the ledger', () => {
  const standing = { endsAt: noon, latestEnd: noon, isIntended: true, isRevoked: false };
  const known = (over: Partial<typeof standing> = {}, seenSerial?: number): readonly KnownLease[] =>
    [
      {
        lease: leaseNamed('a'),
        standing: { ...standing, ...over },
        ...(seenSerial !== undefined && { seenSerial }),
      },
    ] as unknown as readonly KnownLease[];
  test.each<[string, Parameters<typeof entryOf>[0], readonly KnownLease[], string | undefined]>([
    ['an entry with the end of the ledger', {}, known(), undefined],
    ['a lease that the ledger does not have', {}, [], 'unknown'],
    ['an entry that is over, of such a lease', { state: 'over' }, [], undefined],
    ['a lease whose intent the ledger does not have', {}, known({ isIntended: false }), 'not-granted'],
    ['a later end', { endsAt: later }, known(), 'later-end'],
    [
      'a later end that was approved, and is not carried out',
      { endsAt: later },
      known({ latestEnd: later }),
      undefined,
    ],
    ['a later end of a lease with a receipt', { endsAt: later }, known({ isRevoked: true }), undefined],
    ['a lease that is over, without a receipt in the ledger', { state: 'over' }, known(), 'ended-before'],
    ['a lease that is over', { state: 'over' }, known({ isRevoked: true }), undefined],
    ['what a person has seen in an earlier plan', { endsAt: later, serial: 4 }, known({}, 4), undefined],
    ['what is newer than an earlier plan', { endsAt: later, serial: 5 }, known({}, 4), 'later-end'],
  ])('%s', (_what, entry, ledger, kind) => {
    expect(planOf([entryOf(entry)], ledger).map((each) => each.kind)).toEqual(
      kind === undefined ? [] : [kind],
    );
  });
});

describe('a login that wants to end a quarantine', () => {
  /** Why it is refused, when people.yaml has this owner of the login `dee1`, who says that they are `dee`. */
  async function refusal(owner: Awaited<ReturnType<Deps['policy']['ownerOf']>>): Promise<string | undefined> {
    let why: string | undefined;
    const deps = {
      policy: {
        ownerOf: () => Promise.resolve(owner),
        mayEndQuarantine: () => Promise.resolve(ok(undefined)),
      },
      ledger: {
        refuseQuarantineAnswer: (_id: string, text: string) => Promise.resolve(void (why = text)),
        readQuarantine: () => Promise.resolve(undefined),
      },
    } as unknown as Deps;
    const answer = { id: 'answer_1', quarantine: 1, account: 'dee1', person: 'dee', planDigest: 'd' };
    await decideQuarantineAnswer(deps, answer as unknown as QuarantineAnswer, never);
    return why;
  }

  test.each<[string, Parameters<typeof refusal>[0], string]>([
    [
      'of another person is refused',
      ok('bo'),
      'your account is not linked to an active person in people.yaml',
    ],
    ['of nobody is refused', ok(undefined), 'your account is not linked to an active person in people.yaml'],
    ['is refused while people.yaml cannot be read', no('people.yaml is broken'), 'people.yaml is broken'],
    ['of the person counts', ok('dee'), 'that quarantine is over already'],
  ] as unknown as [string, Parameters<typeof refusal>[0], string][])(
    '%s (I12)',
    async (_what, owner, why) => {
      expect(await refusal(owner)).toBe(why);
    },
  );
});
