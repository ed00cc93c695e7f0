import { describe, expect, test } from '@jest/globals';
import { endNotes } from '../../wording/enforcement.ts';

const A = { enforcement: 'A', residualMs: 0 } as const;
const B = { enforcement: 'B', residualMs: 0 } as const;
const C = { enforcement: 'C', residualMs: 0 } as const;
const BY_PROVIDER =
  'The provider enforces the end: the permission that Curfew writes contains the time of the end. The access also ends when Curfew is down.';
const BY_CREDENTIAL =
  'The credential expires at the end: nobody can log in with it after that, even when Curfew is down.';
const BY_CURFEW =
  'Curfew revokes the access at the end, and tries again until the provider shows that it is gone.';

describe('what a reader learns of the end', () => {
  test.each<[string, Parameters<typeof endNotes>[0], readonly (readonly [string, string])[]]>([
    ['the provider enforces it', [A], [['enforced', BY_PROVIDER]]],
    ['the credential expires', [B], [['enforced', BY_CREDENTIAL]]],
    ['Curfew revokes it', [C], [['enforced', BY_CURFEW]]],
    [
      'each way once, in the order of the targets',
      [C, A, C],
      [
        ['enforced', BY_CURFEW],
        ['enforced', BY_PROVIDER],
      ],
    ],
    [
      'the longest session that can outlast it',
      [
        { ...B, residualMs: 60_000 },
        { ...B, residualMs: 3_600_000 },
      ],
      [
        ['enforced', BY_CREDENTIAL],
        ['outlasted', 'A session that is open at the end can continue for up to 1 h.'],
      ],
    ],
    [
      'a session without a limit',
      [
        { ...B, residualMs: null },
        { ...B, residualMs: 60_000 },
      ],
      [
        ['enforced', BY_CREDENTIAL],
        ['outlasted', 'A session that is open at the end can continue for as long as it stays open.'],
      ],
    ],
    ['nothing, for a request without targets', [], []],
  ])('%s', (_what, targets, notes) =>
    expect(endNotes(targets).map(({ kind, text }) => [kind, text])).toEqual(notes),
  );
});
