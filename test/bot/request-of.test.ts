import { expect, test } from '@jest/globals';
import { requestOf } from '../../bot/deps.ts';
import { request } from '../core/request/request.fixture.ts';

test.each<[string, object, typeof request | undefined]>([
  ['a button with the request as its value', { actions: [{ value: request }] }, request],
  ['a button in the block of the request', { actions: [{ block_id: `home-${request}` }] }, request],
  ['a form that keeps the request', { view: { private_metadata: JSON.stringify({ request }) } }, request],
  ['a form that keeps no request', { view: { private_metadata: '{}' } }, undefined],
  ['a form whose text on the screen has a request', { view: { title: request } }, undefined],
  ['a command with the request', { text: `story ${request}` }, request],
  ['a command without a request', { text: 'list' }, undefined],
  ['an event', { event: { text: 'hello' } }, undefined],
])('the log names the request of a click that was not handled: %s', (_what, body, named) =>
  expect(requestOf(body)).toBe(named),
);
