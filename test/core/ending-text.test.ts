import { describe, expect, test } from '@jest/globals';
import { areAcceptedAlike, isRefusedAlike } from '../../core/ending-text.ts';

const LONG = 'y'.repeat(1_001);
const HIDDEN = '\u200b'.repeat(1_001);
const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['a text', 'stolen'],
  ['a blank text', ' \u00a0\u200b\n'],
  ['a long text', LONG],
  ['a text behind many hidden characters', `${HIDDEN}stolen`],
  ['many hidden characters', HIDDEN],
];

describe('texts are accepted alike', () => {
  test.each(TEXTS)('%s and no other one of the table', (_what, text) =>
    expect(TEXTS.filter(([, other]) => areAcceptedAlike(text, other)).map(([, other]) => other)).toEqual([
      text,
    ]),
  );

  test.each([
    ['two that differ', 'stolen', 'lost'],
    ['one of the longest length, also with spaces around it', 'x', `  ${'💥'.repeat(1_000)} `],
    ['none and a blank one', '', '\t'],
  ])('%s', (_what, one, other) => expect(areAcceptedAlike(one, other)).toBe(true));
});

test.each<[code: string | null, text: string, isRefused: boolean]>([
  [null, 'stolen', true],
  ['not-pending', 'stolen', true],
  ['reason-missing', 'stolen', false],
  ['reason-missing', ' ', true],
  ['denial-reason-missing', 'stolen', false],
  ['objection-reason-missing', LONG, false],
  ['denial-reason-missing', `${HIDDEN}x`, true],
  ['reason-too-long', 'stolen', false],
  ['reason-too-long', ' ', false],
  ['reason-too-long', LONG, true],
])(
  'after a refusal with the code %s, an ending with the text %j is refused too: %s',
  (code, text, isRefused) => expect(isRefusedAlike(code, text)).toBe(isRefused),
);
