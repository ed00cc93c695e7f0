import { expect, test } from '@jest/globals';
import { LIMITS } from '../../core/limits.ts';
import { PERSON_LIMITS } from '../../core/person-limits.ts';

const LONGEST_TEXT_OF_SLACK = 3_000;

test('a grant may take several attempts, and ends after ten minutes', () => {
  expect(LIMITS.grantingMinutes).toBe(10);
});

test('the texts that people write fit into the fields of Slack', () => {
  for (const length of [LIMITS.reasonLength, LIMITS.denialReasonLength, LIMITS.endingReasonLength])
    expect(length).toBeLessThan(LONGEST_TEXT_OF_SLACK / 2); // a character may need two units there
});

test('what one person can do in an hour is far more than anybody does by hand, and does not change unnoticed', () => {
  expect(Object.fromEntries(Object.entries(PERSON_LIMITS).map(([kind, { most }]) => [kind, most]))).toEqual({
    ...{ request: 100, extend: 50, approve: 1_000, ask: 100, answer: 100, deliver: 100, lift: 100 },
    ...{ 'adopt-finding': 1_000, 'open-review': 20, certify: 2_000, 'end-nothing': 100 },
    ...{ 'end-quarantine': 100, 'sign-in': 100, page: 3_000, export: 60, copy: 60 },
  });
  for (const { minutes } of Object.values(PERSON_LIMITS)) expect(minutes).toBe(60);
});

test('the same request is not opened twice within an hour, and is extended twenty times at most', () => {
  expect([LIMITS.sameRequestMinutes, LIMITS.extensionsPerRequest]).toEqual([60, 20]);
});
