import { expect, test } from '@jest/globals';
import { offers } from '../../../core/request/offers.ts';
import { BLANK, OPEN_STATES, REQUEST_STATES } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

test('a request is open in every state but the last', () => {
  expect(REQUEST_STATES).toEqual(['pending', 'granting', 'active', 'revoking', 'closed']);
  expect(OPEN_STATES).toEqual(['pending', 'granting', 'active', 'revoking']);
});

test('each person is offered the answers that would be accepted, in each state', () => {
  const { ana, bo, dee } = the;
  const offered = [ana, bo, dee].map((person) =>
    [BLANK, the.pending, the.granting, the.active, the.revoking, the.closed].map((state) =>
      offers(state, person, the.later(3)).join(' '),
    ),
  );
  expect(offered).toEqual([
    ['', 'withdraw', 'end', 'extend end', '', ''],
    ['', 'approve deny ask', 'end', 'end', '', ''],
    ['', '', '', '', '', ''],
  ]);
});

test('nobody is offered to approve or deny what has lapsed, and its requester can still withdraw it', () => {
  const lapsed = the.later(480);
  expect(offers(the.pending, the.bo, lapsed)).toEqual([]);
  expect(offers(the.pending, the.ana, lapsed)).toEqual(['withdraw']);
});
