import { expect, test } from '@jest/globals';
import { LIMITS } from '../../core/limits.ts';

const LONGEST_TEXT_OF_SLACK = 3_000;

test('a grant may take several attempts, and ends after ten minutes', () => {
  expect(LIMITS.grantingMinutes).toBe(10);
});

test('the texts that people write fit into the fields of Slack', () => {
  for (const length of [LIMITS.reasonLength, LIMITS.denialReasonLength, LIMITS.endingReasonLength])
    expect(length).toBeLessThan(LONGEST_TEXT_OF_SLACK / 2); // a character may need two units there
});
