import { expect } from '@jest/globals';
import fc from 'fast-check';
import {
  formatSearch,
  LONGEST_SEARCH,
  mistakeLine,
  parseSearch,
  suggestions,
} from '../../../audit/search/index.ts';
import { holds } from '../../laws.fixture.ts';
import { CONTEXT, KNOWN } from './search.fixture.ts';

const HOSTILE = [
  '\u0000',
  '\u202e',
  '\ud800',
  '<script>',
  "'; drop table request_list; --",
  '%',
  '_',
  '\\',
  '"',
  ',',
  ':',
  '\n',
  '=1+1',
];
const value = fc.oneof(
  fc.constantFrom(
    'ana',
    'Ana Silva',
    'bo',
    'zed',
    'orders',
    'github',
    'active',
    'expired',
    'yes',
    'C',
    '8n0p4x7q',
    '7d',
    'yesterday',
    '2026-11-20',
    'now',
  ),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const key = fc.constantFrom(
  'person',
  'approver',
  'entitlement',
  'provider',
  'class',
  'state',
  'ending',
  'refused',
  'id',
  'since',
  'from',
  'to',
  'PERSON',
  'nokey',
);
const inQuotes = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
const word = fc.oneof(
  fc
    .tuple(key, fc.array(value, { minLength: 1, maxLength: 3 }))
    .map(([name, values]) => `${name}:${values.map(inQuotes).join(',')}`),
  fc.tuple(key, value).map(([name, text]) => `${name}:${text}`),
  value,
);
const text = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));
/** Searches that are mostly right, so that the law is about many of them. */
const right = fc
  .array(
    fc.constantFrom(
      'person:ana',
      'person:"Ana Silva",bo',
      'zed',
      'bo',
      'state:active,pending',
      'class:a',
      'ending:expired',
      'refused:no',
      'x7qa9',
      'since:7d',
      'to:"yesterday 14:00"',
      'from:2026-11-20',
      'provider:fake',
      'entitlement:orders',
      'approver:cy',
    ),
    { maxLength: 6 },
  )
  .map((words) => words.join(' '));

holds(
  'the canonical text of a search is read as the same search, and is its own canonical text',
  fc.oneof(text, right),
  (typed) => {
    const search = parseSearch(typed, CONTEXT);
    if (!search.ok) return;
    const canonical = formatSearch(search.value);
    // A canonical text can be longer than what was typed. Then it is no search.
    if (canonical.length > LONGEST_SEARCH) return;
    expect(parseSearch(canonical, CONTEXT)).toEqual(search);
  },
);

holds(
  'every text is a search or has mistakes, each of which is a word of it',
  fc.oneof(text, fc.string({ unit: 'binary', maxLength: 600 })),
  (typed) => {
    const search = parseSearch(typed, CONTEXT);
    if (search.ok) return;
    expect(search.error.length).toBeGreaterThan(0);
    for (const mistake of search.error) {
      expect(typed.slice(mistake.at, mistake.at + mistake.word.length)).toBe(mistake.word);
      expect(mistakeLine(mistake)).not.toMatch(/[\p{Cc}\u202e]/u);
      expect(mistakeLine(mistake).isWellFormed()).toBe(true);
    }
  },
);

holds(
  'a suggestion replaces the word at the caret by one that begins as it does, or that it names',
  fc.tuple(text, fc.nat()),
  ([typed, place]) => {
    const caret = place % (typed.length + 1);
    const { from, to, options } = suggestions(typed, caret, KNOWN);
    expect(from <= caret && caret <= to && options.length <= 10).toBe(true);
  },
);

holds(
  'no value of a search has a character that Postgres refuses, or that a pattern understands',
  text,
  (typed) => {
    const search = parseSearch(typed, CONTEXT);
    if (!search.ok) return;
    for (const values of Object.values(search.value.is))
      for (const each of values) expect(each).toMatch(/^[a-zA-Z0-9_-]+$/);
  },
);
