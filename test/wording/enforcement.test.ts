import { describe, expect, test } from '@jest/globals';
import { endNotes } from '../../wording/enforcement.ts';

const A = { enforcement: 'A', residualMs: 0 } as const;
const B = { enforcement: 'B', residualMs: 0 } as const;
const C = { enforcement: 'C', residualMs: 0 } as const;
const BY_PROVIDER = [
  'A',
  'The provider ends it.',
  'The permission that Curfew writes contains the time of the end, so it also ends when Curfew is down.',
] as const;
const BY_LOGIN = [
  'B',
  'The login expires.',
  'Nobody can log in with it after the end, even when Curfew is down.',
] as const;
const BY_CURFEW = [
  'C',
  'Curfew ends it.',
  'It revokes the access at the end, and tries again until the provider shows that it is gone. While Curfew is down, the access stays.',
] as const;
const BY_ROLE = [
  'A',
  'The role ends by itself.',
  'Curfew compares its end with the time at each page and each action, so after the end the role does not count. While Curfew is down, nobody can use it.',
] as const;
const outlasted = (length: string) =>
  [
    'outlasted',
    'A session can outlast the end.',
    `One that is open at the end can continue ${length}.`,
  ] as const;

describe('what a reader learns of the end', () => {
  const notes = (...of: Parameters<typeof endNotes>) =>
    endNotes(...of).map(({ kind, name, text }) => [kind, name, text]);

  test.each<[string, Parameters<typeof endNotes>[0], readonly (readonly string[])[]]>([
    ['the provider enforces it', [A], [BY_PROVIDER]],
    ['the login expires', [B], [BY_LOGIN]],
    ['Curfew revokes it', [C], [BY_CURFEW]],
    ['it is a role of Curfew itself', [{ ...A, provider: 'curfew' }], [BY_ROLE]],
    [
      'a role of Curfew, and what a vendor enforces',
      [
        { ...A, provider: 'curfew' },
        { ...A, provider: 'aws-iam' },
      ],
      [BY_ROLE, BY_PROVIDER],
    ],
    ['each way once, in the order of the targets', [C, A, C], [BY_CURFEW, BY_PROVIDER]],
    [
      'the longest session that can outlast it',
      [
        { ...B, residualMs: 60_000 },
        { ...B, residualMs: 3_600_000 },
      ],
      [BY_LOGIN, outlasted('for up to 1 h')],
    ],
    [
      'a session without a limit',
      [
        { ...B, residualMs: null },
        { ...B, residualMs: 60_000 },
      ],
      [BY_LOGIN, outlasted('for as long as it stays open')],
    ],
    ['nothing, for a request without targets', [], []],
  ])('%s', (_what, targets, expected) => expect(notes(targets)).toEqual(expected));

  test('the three classes have different names', () =>
    expect(new Set(notes([A, B, C]).map(([, name]) => name)).size).toBe(3));

  test('the sentence about a login speaks to its holder, and the others speak to nobody', () =>
    expect(notes([A, B, C], 'holder')).toEqual([
      BY_PROVIDER,
      ['B', 'Your login expires.', 'You cannot log in with it after the end, even when Curfew is down.'],
      BY_CURFEW,
    ]));
});
