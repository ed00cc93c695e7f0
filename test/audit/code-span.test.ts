import { expect, test } from '@jest/globals';
import { codeSpan } from '../../audit/code-span.ts';

test.each<[string, string, string]>([
  ['plain text', 'The autumn review', '` The autumn review `'],
  ['HTML and links', '<img src=x> [here](https://evil)', '` <img src=x> [here](https://evil) `'],
  ['a backtick', 'a ` b', '`` a ` b ``'],
  ['runs of backticks', '``` a ` b', '```` ``` a ` b ````'],
  ['a line end, and a heading after it', 'a\n\n# Finished', '` a\u25af\u25af# Finished `'],
])('a code span of %s has it as it is, in one line', (_what, text, span) =>
  expect(codeSpan(text)).toBe(span),
);
