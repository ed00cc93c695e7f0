import { expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import { ok } from '../../core/result.ts';
import { judgeEndAll } from '../../requests/mass-ending/end-all.ts';

const STANDINGS: Readonly<Record<string, Eligibility>> = {
  ana: ELIGIBLE,
  bo: NOT_ELIGIBLE,
  cy: { kind: 'unknown', why: 'people.yaml cannot be read' },
};
const deps = {
  ledger: { isQuarantined: () => Promise.resolve(false) },
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
  expect(await of('ana', 'bo', 'cy')).toMatchObject({ value: { scope: { people: ['bo'] }, needs: 2 } });
});

test('when none of them certainly left, nothing ends', async () => {
  expect(await of('ana', 'cy')).toMatchObject({ error: { code: 'may-not-end-all' } });
});
