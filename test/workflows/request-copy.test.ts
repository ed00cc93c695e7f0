import { expect, test } from '@jest/globals';
import { newRequestCopy } from '../../workflows/request-copy.ts';
import { approve, bo, confirmGranted, open, run } from '../core/request/request.fixture.ts';

const { log, state } = run([open(), approve(bo), confirmGranted()]);
const events = log.map((event, seq) => ({ seq, event }));

test('the copy applies events in the order of their numbers, whatever the order in which they come', () => {
  const copy = newRequestCopy();
  expect([copy.kind(), copy.version()]).toEqual(['blank', 0]);
  copy.apply({ events: events.slice(3) });
  expect([copy.kind(), copy.version()]).toEqual(['blank', 0]);
  copy.apply({ events: events.slice(0, 2) });
  expect([copy.kind(), copy.version()]).toEqual(['pending', 2]);
  copy.apply({ events: events.slice(2, 3) });
  expect(copy.state()).toEqual(state);
  expect(copy.version()).toBe(events.length);
});

test('an event that the copy contains already is not applied again', () => {
  const copy = newRequestCopy();
  copy.apply({ events });
  copy.apply({ events });
  copy.apply({ events: events.slice(1, 3) });
  expect([copy.state(), copy.version()]).toEqual([state, events.length]);
});
