import { describe, expect, test } from '@jest/globals';
import { csvLines } from '../../audit/csv.ts';
import { isColoured, styled } from '../../cli/terminal/style.ts';
import { type Column, tableLines } from '../../cli/terminal/table.ts';
import { widthOf } from '../../cli/terminal/width.ts';
import { wrapped } from '../../cli/terminal/wrap.ts';

type Row = Readonly<{ id: string; who: string; why: string | null }>;

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'ID', text: ({ id }) => id, style: ({ id }) => (id === 'a1' ? 'green' : undefined) },
  { heading: 'WHO', text: ({ who }) => who, least: 4 },
  { heading: 'WHY', text: ({ why }) => why, least: 5, isOptional: true, leftOut: 1 },
];
const ROWS: readonly Row[] = [
  { id: 'a1', who: 'ana ferreira', why: 'incident 4312' },
  { id: 'b2', who: 'bo', why: null },
];

describe('a table', () => {
  test.each<[string, number | undefined, readonly string[]]>([
    [
      'without a width is whole',
      undefined,
      ['ID  WHO           WHY', 'a1  ana ferreira  incident 4312', 'b2  bo            -'],
    ],
    [
      'that fits is whole',
      31,
      ['ID  WHO           WHY', 'a1  ana ferreira  incident 4312', 'b2  bo            -'],
    ],
    [
      'that does not fit is cut in the last column',
      25,
      ['ID  WHO           WHY', 'a1  ana ferreira  incide…', 'b2  bo            -'],
    ],
    [
      'that does not fit then is cut in the columns before it',
      20,
      ['ID  WHO        WHY', 'a1  ana ferr…  inci…', 'b2  bo         -'],
    ],
    ['on a narrow terminal has fewer columns', 14, ['ID  WHO', 'a1  ana ferre…', 'b2  bo']],
    [
      'on the narrowest terminal keeps its columns that are never left out',
      5,
      ['ID  WHO', 'a1  ana…', 'b2  bo'],
    ],
  ])('%s', (_what, width, lines) => {
    expect(tableLines(ROWS, COLUMNS, { width })).toEqual(lines);
  });

  test.each([10, 14, 20, 25, 31, 80, 120])('has no line that is longer than %i characters', (width) => {
    for (const line of tableLines(ROWS, COLUMNS, { width }))
      expect([...line].length).toBeLessThanOrEqual(width);
  });

  test('has no optional column that is empty in every row', () => {
    expect(tableLines(ROWS.slice(1), COLUMNS)).toEqual(['ID  WHO', 'b2  bo']);
  });

  test('in colours has the same text, and its columns are as wide', () => {
    const [heading, first] = tableLines(ROWS, COLUMNS, { coloured: true });
    expect(heading).toContain('\u001b[1mID\u001b[22m  ');
    expect(first).toBe('\u001b[32ma1\u001b[39m  ana ferreira  incident 4312');
  });

  test('shows no control of a terminal that stands in a value (T48)', () => {
    expect(tableLines([{ id: 'a\u001b[2J', who: 'b\nc', why: null }], COLUMNS)[1]).toBe('a▯[2J  b▯c');
  });
});

describe('colours are written', () => {
  test.each<[string, boolean, Readonly<Record<string, string>>, boolean]>([
    ['on a terminal', true, {}, true],
    ['not into a file or to a program', false, {}, false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR, which counts as none', true, { NO_COLOR: '' }, true],
    ['with FORCE_COLOR everywhere', false, { FORCE_COLOR: '1' }, true],
    ['with FORCE_COLOR also when NO_COLOR is set', true, { NO_COLOR: '1', FORCE_COLOR: '3' }, true],
    ['not with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['not on a terminal that has none', true, { TERM: 'dumb' }, false],
  ])('%s', (_what, isTTY, env, expected) => expect(isColoured({ isTTY }, env)).toBe(expected));

  test('around a text, and never in place of it', () => {
    expect(styled('red', 'broken', false)).toBe('broken');
    expect(styled(undefined, 'broken', true)).toBe('broken');
    expect(styled('red', 'broken', true)).toBe('\u001b[31mbroken\u001b[39m');
  });
});

describe('a cell of CSV', () => {
  test.each<[string, Parameters<typeof csvLines>[0][number][string], string]>([
    ['a word', 'ana', 'ana'],
    ['words', 'incident 4312', '"incident 4312"'],
    ['a quote and a comma', 'say "no", please', '"say ""no"", please"'],
    ['a formula', '=1+1', '"\'=1+1"'],
    ['a formula with a command', '=cmd|calc', '"\'=cmd|calc"'],
    ['a plus', '+4930', '"\'+4930"'],
    ['a minus', '-2+3', '"\'-2+3"'],
    ['an at', '@SUM(A1)', '"\'@SUM(A1)"'],
    ['a formula after white space', ' \u00a0=1', '"\' \u00a0=1"'],
    ['a formula in full width', '＝1+1', '"\'＝1+1"'],
    ['a formula for a spreadsheet that splits at semicolons', 'a;=1+1', '"a;\'=1+1"'],
    ['a link behind a semicolon', 'x; =HYPERLINK("u")', '"x;\' =HYPERLINK(""u"")"'],
    ['several formulas behind semicolons', '=1;+2;@3', "\"'=1;'+2;'@3\""],
    ['a formula behind a semicolon and a quote', 'a;"=1', '"a;\'""=1"'],
    ['a semicolon', 'a;b=1', 'a;b=1'],
    ['an equals sign in the middle', 'a=1', 'a=1'],
    ['a tab and a line end', '\t=1\nx', '▯=1▯x'],
    ['a control of a terminal', '\u001b[2J', '▯[2J'],
    ['a number, which is no text', -5, '-5'],
    ['nothing', null, ''],
    ['an empty text', '', '""'],
    ['a list', ['bo', 'cy'], '"bo cy"'],
    ['an empty list', [], ''],
    ['a list that begins like a formula', ['=bo'], '"\'=bo"'],
    ['an object', { kind: 'denied', by: 'cy' }, 'denied'],
  ])('%s', (_what, value, cell) => {
    expect(csvLines([{ value }], ['value'])).toEqual(['value', cell]);
  });
});

describe('a long text', () => {
  test.each<[string, string, readonly string[]]>([
    ['is broken between words', 'one two three four', ['  one two', '  three four']],
    ['that fits stays in its line', 'one two', ['  one two']],
    ['is broken at every kind of white space', 'one\u00a0two\u2003\u3000three', ['  one two', '  three']],
    [
      'has a word that is longer than a line in pieces',
      'a arn:aws:iam::1:role/x b',
      ['  a', '  arn:aws:ia', '  m::1:role/', '  x b'],
    ],
    [
      'has half as many characters in a line when they are wide',
      '漢字かなハングル',
      ['  漢字かなハ', '  ングル'],
    ],
    ['has room for accents above its letters', 'e\u0301'.repeat(10), [`  ${'e\u0301'.repeat(10)}`]],
    ['that is empty is an empty line', '', ['  ']],
  ])('%s', (_what, text, lines) => expect(wrapped(text, '  ', 12)).toEqual(lines));

  test('on the narrowest terminal has one character in a line', () => {
    expect(wrapped('漢字', '  ', 1)).toEqual(['  漢', '  字']);
  });
});

describe('the width of a text on a terminal', () => {
  test.each<[string, string, number]>([
    ['of letters is their number', 'Novák', 5],
    ['counts no accent of its own', 'e\u0301', 1],
    ['of East Asian characters is double', '漢字かなカナ한글', 16],
    ['of full-width letters and punctuation is double', 'Ａ：、', 6],
    ['of an emoji is double', '🎉', 2],
    ['of a key, which an accent frames, is double', '1\ufe0f\u20e3', 2],
    ['of nothing is zero', '', 0],
  ])('%s', (_what, text, width) => expect(widthOf(text)).toBe(width));
});
