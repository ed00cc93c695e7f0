import { expect, test } from '@jest/globals';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { parseAnswerHint } from '../../workflows/answer-hint.ts';

const click = clickIdOf('018f0000-0000-7000-8000-000000000001');
const HINT = { click, kind: 'deny', by: 'bo', digest: 'd1' };

test.each(['approve', 'deny', 'withdraw', 'end'])(
  'a hint of the kind %s is read, and nothing else of it',
  (kind) => {
    expect(parseAnswerHint({ ...HINT, kind, digest: '', more: 'x' })).toEqual({ ...HINT, kind, digest: '' });
  },
);

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'deny'],
  ['no click', { ...HINT, click: undefined }],
  ['the id of a request as its click', { ...HINT, click: requestIdOf(click) }],
  ['another kind of click', { ...HINT, kind: 'deliver' }],
  ['a kind in capital letters', { ...HINT, kind: 'DENY' }],
  ['nobody', { ...HINT, by: null }],
  ['a person whose id cannot exist', { ...HINT, by: 'Bo' }],
  ['no digest', { ...HINT, digest: undefined }],
  ['a digest that is no text', { ...HINT, digest: 7 }],
])('a hint with %s is malformed, and is not sent again', (_what, hint) => {
  expect(() => parseAnswerHint(hint)).toThrow(
    expect.objectContaining({ type: 'malformed', nonRetryable: true }),
  );
});
