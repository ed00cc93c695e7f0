import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { Stage } from '../../core/request/state.ts';
import { stagesPhrase } from '../../wording/stages.ts';
import { bo, cy, dee, demand, sam } from '../core/request/request.fixture.ts';

describe('who approves', () => {
  test.each<[string, readonly Stage[]]>([
    ['bo', demand([1, bo]).stages],
    ['bo or cy', demand([1, bo, cy]).stages],
    ['bo and cy', demand([2, bo, cy]).stages],
    ['2 of these people: bo, cy and dee', demand([2, bo, cy, dee]).stages],
    ['bo, then 2 of these people: cy, dee and sam', demand([1, bo], [2, cy, dee, sam]).stages],
  ])('"%s"', (text, stages) => expect(terminalText(stagesPhrase(stages))).toBe(text));
});
