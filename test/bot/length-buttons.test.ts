import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { LENGTH_ACTION, lengthButtons, lengthChoices } from '../../bot/cards/form-fields.ts';
import { parseDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Entitlement } from '../../policy/index.ts';
import { holds } from '../laws.fixture.ts';

const of = (usual: number, longest: number) => ({ usual: usual as Minutes, longest: longest as Minutes });
const labels = (usual: number, longest: number, typed?: string) =>
  lengthButtons(of(usual, longest) as Entitlement, typed).map(({ text }) => text.text);

describe('the buttons for a length are', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    [
      'the usual one, half of it, and the longest',
      labels(60, 480),
      ['1 h · usual', '30 min · half', '8 h · longest'],
    ],
    ['without the longest, when it is the usual one', labels(60, 60), ['1 h · usual', '30 min · half']],
    ['without a half of nothing', labels(1, 60), ['1 min · usual', '1 h · longest']],
    ['with whole minutes only', labels(45, 90), ['45 min · usual', '22 min · half', '1 h 30 min · longest']],
    [
      'with what the person had typed',
      labels(60, 480, '3h'),
      ['1 h · usual', '30 min · half', '8 h · longest', '3 h · typed'],
    ],
    [
      'without what was typed when it is one of them',
      labels(60, 480, '0.5 hours'),
      ['1 h · usual', '30 min · half', '8 h · longest'],
    ],
    [
      'without what was typed when it is too long',
      labels(60, 480, '9h'),
      ['1 h · usual', '30 min · half', '8 h · longest'],
    ],
    ['without what was typed when it is no length', labels(60, 60, 'soon'), ['1 h · usual', '30 min · half']],
  ])('%s', (_what, shown, expected) => expect(shown).toEqual(expected));

  holds(
    'never two with the same length, and each fills in a length that is read and permitted',
    fc.tuple(
      fc.integer({ min: 1, max: LIMITS.longestMinutes }),
      fc.integer({ min: 1, max: LIMITS.longestMinutes }),
      fc.string(),
    ),
    ([a, b, typed]) => {
      const [usual, longest] = [Math.min(a, b), Math.max(a, b)];
      const minutes = lengthChoices(of(usual, longest), typed).map((each) => each.minutes);
      expect(new Set(minutes).size).toBe(minutes.length);
      for (const { value, action_id } of lengthButtons(of(usual, longest) as Entitlement, typed)) {
        expect(parseDuration(value ?? '', longest as Minutes).ok).toBe(true);
        expect(action_id).toMatch(LENGTH_ACTION);
      }
    },
  );
});
