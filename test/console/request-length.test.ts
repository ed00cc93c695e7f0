import { expect, test } from '@jest/globals';
import { requestLengthText } from '../../console/pages/request/request.tsx';
import type { OpenedRequest } from '../../core/request/state.ts';
import * as the from '../core/request/request.fixture.ts';

test.each([
  ['is the requested one while nothing is extended', the.active, '2 h'],
  ['is the requested one before the approval', the.pending, '2 h'],
  ['has what is requested more', the.asked, '2 h; 1 h more is requested'],
  [
    'has what is approved more, until it is there',
    the.extending,
    '2 h; 1 h more is approved, and Curfew is moving the end',
  ],
  ['has both lengths after an extension', the.extended, '2 h requested; 3 h with extensions'],
])('the length of a request %s', (_what, state, text) =>
  expect(requestLengthText(state as OpenedRequest)).toBe(text),
);
