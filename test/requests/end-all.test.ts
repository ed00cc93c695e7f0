import { describe, expect, jest, test } from '@jest/globals';
import { type LeaseId, type PersonId, requestIdOfLease } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import { LIMITS } from '../../core/limits.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { no, ok } from '../../core/result.ts';
import { entryOf } from '../manifest/manifest.fixture.ts';
import { judgeEndAll } from '../../requests/mass-ending/end-all.ts';

const STANDINGS: Readonly<Record<string, Eligibility>> = {
  ana: ELIGIBLE,
  bo: NOT_ELIGIBLE,
  cy: { kind: 'unknown', why: 'people.yaml cannot be read' },
  gus: NOT_ELIGIBLE,
};
const deps = {
  ledger: { isQuarantined: () => Promise.resolve(false), lostLeasesLeft: () => Promise.resolve([]) },
  policy: {
    mayEndAll: () => Promise.resolve(ok({ needs: 2 })),
    mayAct: (person: PersonId) => Promise.resolve(STANDINGS[person]),
  },
} as unknown as Parameters<typeof judgeEndAll>[0];
const of = (...people: readonly string[]) =>
  judgeEndAll(deps, {
    by: 'dee' as PersonId,
    scope: { kind: 'leavers', people: people as readonly PersonId[] },
    reason: 'they left',
  });

test('of those who seem to have left, only who certainly left loses access (I17, F29)', async () => {
  expect(await of('ana', 'bo', 'cy', 'gus')).toMatchObject({
    value: { scope: { people: ['bo', 'gus'] }, needs: 2 },
  });
});

test('when none of them certainly left, nothing ends', async () => {
  expect(await of('ana', 'cy')).toMatchObject({ error: { code: 'may-not-end-all' } });
});

test.each([
  ['is known', false, 'ana'],
  ['is nobody', true, null],
])(
  'when nobody left, and the owner of the account with lost access %s, something ends: %s',
  async (_who, ends, owner) => {
    const line = {
      request: requestIdOfLease('lease_00000000000000000000000009_0' as LeaseId),
      entry: entryOf(),
      endsAt: 1,
    };
    const judged = await judgeEndAll(
      {
        ledger: { ...deps.ledger, lostLeasesLeft: () => Promise.resolve([line]) },
        policy: {
          ...deps.policy,
          ownerOf: () => Promise.resolve(ok(owner)),
          lastKnownPersonOf: () => Promise.resolve(undefined),
          givenBy: () => Promise.resolve([]),
        },
      } as unknown as typeof deps,
      { by: 'dee' as PersonId, scope: { kind: 'leavers', people: ['ana' as PersonId] }, reason: 'x' },
    );
    expect(judged.ok).toBe(ends);
  },
);

test('the policy is asked for the person and the scope of the click', async () => {
  const mayEndAll = jest.fn((..._asked: readonly unknown[]) => Promise.resolve(ok({})));
  const scope: EndScope = { kind: 'provider', provider: 'fake' };
  await judgeEndAll({ ...deps, policy: { ...deps.policy, mayEndAll } } as unknown as typeof deps, {
    ...{ by: 'dee' as PersonId, scope, reason: 'x' },
  });
  expect(mayEndAll.mock.calls).toEqual([['dee', scope]]);
});

describe('while the ledger is in quarantine (I25)', () => {
  const inQuarantine = { ...deps, ledger: { isQuarantined: () => Promise.resolve(true) } } as typeof deps;
  test.each<[EndScope, boolean]>([
    [{ kind: 'person', person: 'ana' as PersonId }, true],
    [{ kind: 'entitlement', entitlement: 'x' }, false],
    [{ kind: 'provider', provider: 'fake' }, false],
    [{ kind: 'everything' }, false],
    [{ kind: 'leavers', people: ['bo' as PersonId] }, false],
  ])('%j can be ended: %s', async (scope, may) => {
    const judged = await judgeEndAll(inQuarantine, { by: 'dee' as PersonId, scope, reason: 'x' });
    expect(judged.ok).toBe(may);
  });
});

describe('the reason of who ends everything', () => {
  const [own, others]: readonly EndScope[] = ['dee', 'ana'].map((person) => ({
    kind: 'person',
    person: person as PersonId,
  }));
  test.each<[string, EndScope | undefined, string, string | undefined]>([
    ['of somebody else is needed', others, ' \u200b ', 'reason-missing'],
    ['of themselves is not needed', own, '', undefined],
    ['of themselves that nobody can read is replaced', own, ' \u200b ', undefined],
    ['has no spaces around it', others, '  stolen  ', undefined],
    ['may have the most characters', others, '🔒'.repeat(LIMITS.reasonLength), undefined],
    ['may not have more', others, 'x'.repeat(LIMITS.reasonLength + 1), 'reason-too-long'],
    ['of themselves may not have more either', own, 'x'.repeat(LIMITS.reasonLength + 1), 'reason-too-long'],
  ])('%s', async (_what, scope, reason, code) => {
    const judged = await judgeEndAll(deps, { by: 'dee' as PersonId, scope: scope as EndScope, reason });
    expect(judged.ok ? undefined : judged.error.code).toBe(code);
    const written = reason.replaceAll('\u200b', '').trim();
    if (judged.ok) expect(judged.value.reason).toBe(written === '' ? 'it is no longer needed' : written);
  });

  test('does not matter where the policy says that they may not', async () => {
    const policy = { ...deps.policy, mayEndAll: () => Promise.resolve(no('they may not')) };
    const judged = await judgeEndAll(
      { ...deps, policy },
      { by: 'ana' as PersonId, scope: others as EndScope, reason: 'x' },
    );
    expect(judged).toEqual(no({ code: 'may-not-end-all', why: 'they may not' }));
  });
});
