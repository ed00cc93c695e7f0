import { expect, test } from '@jest/globals';
import { shownName, shownText } from '../../policy/files/shown-text.ts';

const HIDDEN = 'has a line end or a hidden character. Write one line of characters that are seen';
const EMPTY = 'is empty, or looks empty';
const mistakesOf = (schema: ReturnType<typeof shownText>, text: string) =>
  schema.safeParse(text).error?.issues.map(({ message }) => message) ?? [];

test.each([
  ['one line', 'Orders on call', []],
  ['nothing', '', []],
  ['two lines', 'a\nb', [HIDDEN]],
  ['a hidden character', 'a\u202eb', [HIDDEN]],
])('a text that people read, and its mistakes: %s', (_what, text, mistakes) =>
  expect(mistakesOf(shownText(20), text)).toEqual(mistakes),
);

test.each([
  ['one line', 'Orders on call', []],
  ['nothing', '', [EMPTY]],
  ['spaces', '  ', [EMPTY]],
  ['a hidden character', 'a\u202eb', [HIDDEN]],
])('a name that people read, and its mistakes: %s', (_what, text, mistakes) =>
  expect(mistakesOf(shownName(20), text)).toEqual(mistakes),
);
