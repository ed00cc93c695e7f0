import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import { LIMITS } from '../../core/limits.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { no, ok } from '../../core/result.ts';
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
    ['may have the most characters', others, '🔒'.repeat(LIMITS.reasonLength), undefined],
    ['may not have more', others, 'x'.repeat(LIMITS.reasonLength + 1), 'reason-too-long'],
    ['of themselves may not have more either', own, 'x'.repeat(LIMITS.reasonLength + 1), 'reason-too-long'],
  ])('%s', async (_what, scope, reason, code) => {
    const judged = await judgeEndAll(deps, { by: 'dee' as PersonId, scope: scope as EndScope, reason });
    expect(judged.ok ? undefined : judged.error.code).toBe(code);
    if (judged.ok) expect(judged.value.reason).toBe(reason === '' ? 'it is no longer needed' : reason);
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
