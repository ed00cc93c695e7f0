import { expect, test } from '@jest/globals';
import { suggestions } from '../../../audit/search/index.ts';
import { KNOWN } from './search.fixture.ts';

/** `|` is the caret. */
test.each<[what: string, typed: string, options: readonly string[], range: string]>([
  [
    'nothing: the keys',
    '|',
    [
      'id:',
      'person:',
      'approver:',
      'entitlement:',
      'provider:',
      'class:',
      'state:',
      'ending:',
      'refused:',
      'since:',
    ],
    '',
  ],
  [
    'the beginning of a key, and of names',
    'person:bo a|',
    ['approver:', 'person:ana', 'entitlement:aws-admins'],
    'a',
  ],
  ['a word of a name', 'silv|', ['person:ana'], 'silv'],
  [
    'the values of a key',
    'state:|',
    ['state:pending', 'state:granting', 'state:active', 'state:revoking', 'state:closed', 'state:refused'],
    'state:',
  ],
  ['the beginning of a value, in upper case', 'class:c|', ['class:C'], 'class:c'],
  ['a person who approved', 'approver:sam|', ['approver:cy', 'approver:dee'], 'approver:sam'],
  ['one more value', 'person:ana,b| state:active', ['person:ana,bo'], 'person:ana,b'],
  ['a name in quotes that is not closed', 'person:"ana s|', ['person:ana'], 'person:"ana s'],
  ['the whole word is replaced', 'sta|te:active', ['state:'], 'state:active'],
  ['a length', 'since:3|', ['since:30d'], 'since:3'],
  ['nothing that is known', 'person:zz|', [], 'person:zz'],
  ['a key that does not exist', 'nokey:a|', [], 'nokey:a'],
])('%s', (_what, typed, options, range) => {
  const caret = typed.indexOf('|');
  const text = typed.replace('|', '');
  const found = suggestions(text, caret, KNOWN);
  expect(found.options.map((each) => each.text)).toEqual(options);
  expect(text.slice(found.from, found.to)).toBe(range);
});
