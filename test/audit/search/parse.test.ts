import { describe, expect, test } from '@jest/globals';
import {
  formatSearch,
  LONGEST_SEARCH,
  mistakeLine,
  parseSearch,
  pinnedSearch,
  unknownValues,
} from '../../../audit/search/index.ts';
import { CONTEXT, KNOWN, NOW } from './search.fixture.ts';

const read = (text: string) => parseSearch(text, CONTEXT);

describe('a search and its canonical text', () => {
  test.each<[what: string, text: string, canonical: string]>([
    ['nothing', '', ''],
    ['spaces', '  \t ', ''],
    [
      'every key',
      'to:now since:7d refused:yes ending:expired state:closed class:c provider:github entitlement:orders-db approver:bo person:ana id:8n0p4x7q',
      'id:8n0p4x7q person:ana approver:bo entitlement:orders-db provider:github class:C state:closed ending:expired refused:yes since:7d to:now',
    ],
    ['upper and lower case', 'PERSON:Ana State:ACTIVE class:a', 'person:ana class:A state:active'],
    [
      'several values of one key, sorted, each once',
      'state:pending person:bo state:active,pending person:ana',
      'person:ana,bo state:active,pending',
    ],
    ['a name in quotes', 'person:"ana  SILVA"', 'person:ana'],
    ['a name with a quote in it', String.raw`person:"Bo \"the second\" Lind"`, 'person:bo'],
    ['a name with a comma', 'entitlement:"Orders database, read only"', 'entitlement:orders-db'],
    ['a synonym', 'entitlement:ORDERS', 'entitlement:orders-db'],
    ['an accent that is stored in two characters', 'person:"Fa\u0301 Ke"', 'person:fake'],
    ['a person who left', 'person:zed', 'person:zed'],
    ['a bare person', 'bo', 'person:bo'],
    ['a bare name', '"Ana Silva"', 'person:ana'],
    ['a bare entitlement and a bare provider', 'github orders-db', 'entitlement:orders-db provider:github'],
    ['a bare id', 'req_01m0000000000000000000000a', 'id:req_01m0000000000000000000000a'],
    ['the end of an id, as Curfew shows it', '8N0P4X7Q', 'id:8n0p4x7q'],
    ['the end of an id without a digit', 'abcdefgh', 'id:abcdefgh'],
    ['the short end of an id', 'x7qa', 'id:x7qa'],
    ['a length', 'since:36h', 'since:1d12h'],
    ['weeks', 'since:2w', 'since:2w'],
    ['a length after from', 'from:7d', 'since:7d'],
    ['a moment after since', 'since:yesterday', 'from:yesterday'],
    [
      'a moment with spaces',
      'from:"2026-11-24  14:00" to:"LAST tuesday 15:00"',
      'from:"2026-11-24 14:00" to:"last tuesday 15:00"',
    ],
    ['a moment of a program', 'from:2026-11-24t14:00:00z', 'from:2026-11-24T14:00:00Z'],
  ])('%s', (_what, text, canonical) => {
    const first = read(text);
    if (!first.ok) throw new Error(first.error.map(mistakeLine).join('\n'));
    expect(formatSearch(first.value)).toBe(canonical);
    expect(read(canonical)).toEqual(first);
  });
});

describe('moments', () => {
  const at = (iso: string) => Date.parse(iso);
  test.each<[text: string, from: number | undefined, to: number | undefined]>([
    ['since:7d', NOW - 7 * 86_400_000, undefined],
    ['since:90s to:1h', NOW - 90_000, undefined],
    ['from:2026-11-20', at('2026-11-20T00:00:00Z'), undefined],
    ['from:2026-07-20', at('2026-07-19T23:00:00Z'), undefined],
    ['to:2026-11-20', undefined, at('2026-11-20T23:59:59.999Z')],
    ['to:today', undefined, NOW],
    ['to:2026-07-20', undefined, at('2026-07-20T22:59:59.999Z')],
    ['from:2026-07-20T00:00:00+00:00', at('2026-07-20T00:00:00Z'), undefined],
    ['since:999999w', 0, undefined],
  ])('%s, in Lisbon', (text, from, to) => {
    const search = read(text.replace(' to:1h', ''));
    expect(search.ok && [search.value.from?.at, search.value.to?.at]).toEqual([from, to]);
  });

  test('a pinned search is the same for a reader elsewhere and later', () => {
    const here = read('since:7d to:2026-07-20,'.replace('2026-07-20,', 'yesterday'));
    if (!here.ok) throw new Error('it is a search');
    const text = formatSearch(pinnedSearch(here.value));
    expect(text).toBe('from:2026-11-22T10:00:00.000Z to:2026-11-28T23:59:59.999Z');
    const there = parseSearch(text, {
      ...CONTEXT,
      timeZone: 'Asia/Tokyo',
      now: (NOW + 86_400_000) as typeof NOW,
    });
    expect(there.ok && [there.value.from?.at, there.value.to?.at]).toEqual([
      here.value.from?.at,
      here.value.to?.at,
    ]);
  });
});

describe('a mistake names the word, its place, and what was perhaps meant', () => {
  test.each<[text: string, lines: readonly string[]]>([
    [
      'preson:ana',
      [
        'At character 1: there is no key "preson". The keys are id, person, approver, entitlement, provider, class, state, ending, refused, since, from, to. Did you mean person:ana?',
      ],
    ],
    [
      'person:ana state:activ',
      [
        'At character 12: "state:" cannot have the value "activ". It can have pending, granting, active, revoking, closed or refused. Did you mean state:active?',
      ],
    ],
    [
      'ending:mass-endd',
      [
        'At character 1: "ending:" cannot have the value "mass-endd". It can have denied, withdrawn, lapsed, voided, grant-failed, ended, mass-ended, objected or expired. Did you mean ending:mass-ended?',
      ],
    ],
    [
      'refused:perhaps',
      ['At character 1: "refused:" cannot have the value "perhaps". It can have yes or no.'],
    ],
    [
      'class:D',
      ['At character 1: "class:" cannot have the value "D". It can have A, B or C. Did you mean class:A?'],
    ],
    [
      'person:"Ana Silwa"',
      ['At character 1: "Ana Silwa" is no name that Curfew knows, and no id. Did you mean person:ana?'],
    ],
    [
      'person:"Sam Lee"',
      ['At character 1: "Sam Lee" is the name of several: cy, dee. Did you mean person:cy?'],
    ],
    ['"Sam Lee"', ['At character 1: "Sam Lee" can mean person:cy or person:dee. Write one of them.']],
    ['fake', ['At character 1: "fake" can mean person:fake or provider:fake. Write one of them.']],
    [
      'anna',
      [
        'At character 1: no person, entitlement or provider is called "anna", and it does not look like the id of a request. A key of the search ends with a colon. Did you mean person:ana?',
      ],
    ],
    [
      'order-db',
      [
        'At character 1: no person, entitlement or provider is called "order-db", and it does not look like the id of a request. A key of the search ends with a colon. Did you mean entitlement:orders-db?',
      ],
    ],
    [
      'state',
      [
        'At character 1: no person, entitlement or provider is called "state", and it does not look like the id of a request. A key of the search ends with a colon. Did you mean state:…?',
      ],
    ],
    ['person:', ['At character 1: "person:" has no value.']],
    ['person:ana,,bo', ['At character 1: "person:" has no value.']],
    [',', ['At character 1: there is a word without a letter.']],
    ['person:"ana', ['At character 1: a double quote is opened and not closed.']],
    [
      'id:abc',
      [
        'At character 1: "abc" is no id of a request, and not its last letters, of which there are 4 or more.',
      ],
    ],
    [
      'since:soon',
      [
        'At character 1: "soon" is not a moment. Write it like "2026-11-24 14:00", "yesterday 14:00", "last tuesday 14:00", "3h ago" or 2026-11-24T14:00:00Z.',
      ],
    ],
    ['to:2999-01-01', ['At character 1: "2999-01-01" is in the future.']],
    [
      'from:"2026-10-25 01:30"',
      [
        'At character 1: "2026-10-25 01:30" was there twice in Europe/Lisbon, because the clock was set back. Write 2026-10-25T00:30Z or 2026-10-25T01:30Z.',
      ],
    ],
    ['since:7d from:8d', ['At character 10: a search has one beginning: one "since:" or "from:".']],
    ['to:7d,8d', ['At character 1: a search has one "to:".', 'At character 1: a search has one "to:".']],
    ['from:2d to:3d', ['At character 9: the search ends before it begins.']],
    [
      'preson:ana stat:active',
      [
        expect.stringMatching(/^At character 1: .*person:ana\?$/),
        expect.stringMatching(/^At character 12: .*state:active\?$/),
      ] as never,
    ],
    [
      'a'.repeat(LONGEST_SEARCH + 1),
      ['At character 501: the search is too long. It can have 500 characters.'],
    ],
  ])('%s', (text, lines) => {
    const found = read(text);
    expect(found.ok ? formatSearch(found.value) : found.error.map(mistakeLine)).toEqual(lines);
    if (!found.ok)
      for (const { at, word } of found.error) expect(text.slice(at, at + word.length)).toBe(word);
  });
});

test('a person who is in no file is named for the answer without a row, with the nearest one', () => {
  const search = read('person:anna,bo entitlement:gone approver:ana');
  expect(search.ok && unknownValues(search.value.is, KNOWN)).toEqual([
    { key: 'person', value: 'anna', instead: 'person:ana' },
    { key: 'entitlement', value: 'gone' },
  ]);
});

describe('a long search costs no more than a short one (a company has thousands of names)', () => {
  const WORDS = Array.from({ length: 100 }, (_, at) => `q${at}!`);

  test('after five mistakes the rest is not read', () => {
    for (const text of [WORDS.join(' '), `person:${WORDS.join(',')}`]) {
      const search = read(text);
      expect(search.ok ? 0 : search.error.length).toBe(5);
    }
  });

  test('of the values that nobody has, the first five are named', () => {
    const search = read(`person:${WORDS.map((word) => word.slice(0, -1)).join(',')}`);
    expect(search.ok && unknownValues(search.value.is, KNOWN).map(({ value }) => value)).toHaveLength(5);
  });

  test('the names are read once for all words', () => {
    let reads = 0;
    const counted = {
      id: 'zoe',
      get names() {
        reads += 1;
        return ['Zoe'];
      },
    };
    const known = { ...KNOWN, person: [...KNOWN.person, counted] };
    expect(parseSearch(Array(100).fill('Zoe').join(' '), { ...CONTEXT, known }).ok).toBe(true);
    expect(reads).toBe(1);
  });
});
