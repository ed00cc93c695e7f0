import { describe, expect, test } from '@jest/globals';
import { bytesOf, paragraph } from '../../bot/cards/elements.ts';
import { endLines, targetBlocks } from '../../bot/cards/targets.ts';
import { emphasis } from '../../wording/phrase.ts';
import type { Reader } from '../../wording/target-details.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const plain = `a login to the database ${'orders'.repeat(10)}`;
/** So long that one less makes room for the button. */
const long = (text: string) => `${text} ${'x'.repeat(400)}`;
const OTHER = { level: 'present', enforcement: 'C', residualMs: 0, widens: false } as const;
const targets = [
  {
    ...OTHER,
    plain,
    permissions: [long('may read all orders'), long('may write all orders')],
    cautions: [long('a copy of the orders stays'), long('a view of the orders stays')],
    atEnd: [long('sessions are terminated')],
  },
  { ...OTHER, plain: 'a team', permissions: ['may join the team'], cautions: [], atEnd: [] },
];
const HEADING = paragraph(emphasis(['Requested access']));
const draw = (bytes: number, reader?: Reader) =>
  targetBlocks(HEADING, viewAfter([], { targets }), bytes, reader);
const textOf = (bytes: number, reader?: Reader) => linesOf(draw(bytes, reader)).join('\n').split('\n');

const NAME = `• A${plain.slice(1)}`;
const TEAM = ['• A team', '      ◦ may join the team'];
const READ = long('      ◦ may read all orders');
const WRITE = long('      ◦ may write all orders');
const COPY = long('      ◦ *Caution:* a copy of the orders stays');
const VIEW = long('      ◦ *Caution:* a view of the orders stays');
const END = long('      ◦ *At the end:* sessions are terminated');
const BUTTON = 'permissions-req_01jgyq8zk7f5v2m9c3x4b6n8p0: [All permissions]';
const more = (count: string) => `      ◦ and ${count}`;

describe('the targets of a request have', () => {
  const all = ['*Requested access*', NAME, READ, WRITE, COPY, VIEW, END, ...TEAM];

  test('their permissions, then their cautions, then the end, in as many bytes as these take, and in more', () =>
    expect([textOf(bytesOf(draw(Infinity))), textOf(Infinity)]).toEqual([all, all]));

  test('no cautions for the holder, who reads the rest', () => {
    const held = all.filter((line) => !line.includes('Caution'));
    expect([textOf(bytesOf(draw(Infinity, 'holder')), 'holder'), textOf(Infinity, 'holder')]).toEqual([
      held,
      held,
    ]);
  });

  test('less where there is less room: permissions go first and cautions last, and the rest is counted (I11)', () => {
    const seen = new Set<string>();
    for (let bytes = bytesOf(draw(Infinity)); bytes >= 0; bytes -= 20)
      seen.add(textOf(bytes).slice(1).join('\n'));
    const one = more('1 more permission');
    const noPermissions = [NAME, more('2 more permissions')];
    const noTeam = ['• A team', one];
    const noEnd = more('1 more line about the end');
    const noCautions = more('2 more cautions');
    const steps = [
      all.slice(1),
      [NAME, READ, one, COPY, VIEW, END, ...TEAM, BUTTON],
      [...noPermissions, COPY, VIEW, END, ...noTeam, BUTTON],
      [...noPermissions, COPY, VIEW, noEnd, ...noTeam, BUTTON],
      [...noPermissions, COPY, more('1 more caution'), noEnd, ...noTeam, BUTTON],
      [...noPermissions, noCautions, noEnd, ...noTeam, BUTTON],
      [`• A${plain.slice(1, 59)}…`, more('2 more permissions'), noCautions, noEnd, ...noTeam, BUTTON],
    ].map((lines) => lines.join('\n'));
    expect([...seen]).toEqual(steps);
  });

  test('a list that wraps at its bullets, and one paragraph where that has no room', () => {
    const partsOf = (bytes: number) =>
      draw(bytes).flatMap((block) => (block.type === 'rich_text' ? block.elements : []));
    const list = [
      'rich_text_section',
      ...['rich_text_list', 'rich_text_list'],
      ...['rich_text_list', 'rich_text_list'],
    ];
    expect(partsOf(Infinity).map(({ type }) => type)).toEqual(list);
    expect(partsOf(Infinity).flatMap((part) => ('indent' in part ? part.indent : []))).toEqual([0, 1, 0, 1]);
    const [, ...compact] = partsOf(bytesOf(draw(Infinity)) - 1);
    expect(compact.map(({ type }) => type)).toEqual(['rich_text_section']);
  });

  test('never more bytes than there is room for, until only the short names are left', () => {
    const least = bytesOf(draw(0));
    for (let bytes = least; bytes <= bytesOf(draw(Infinity)); bytes += 20)
      expect(bytesOf(draw(bytes))).toBeLessThanOrEqual(bytes);
  });

  test('the button for everything only when something is left out', () => {
    const whole = bytesOf(draw(bytesOf(draw(Infinity)) - 1));
    expect([whole, whole - 1].map((bytes) => textOf(bytes).includes(BUTTON))).toEqual([false, true]);
  });

  test('the button when a caution is left out only because there are more than twelve', () => {
    const [first] = targets;
    const many = { ...first, cautions: Array.from({ length: 13 }, (_, index) => `caution ${index}`) };
    const drawn = (reader: Reader) =>
      linesOf(
        targetBlocks(HEADING, viewAfter([], { targets: [many as (typeof targets)[0]] }), Infinity, reader),
      ).join('\n');
    expect(drawn('approver')).toContain(`${more('1 more caution')}\n`);
    expect(drawn('approver')).toContain(BUTTON);
    expect(drawn('holder')).not.toContain(BUTTON);
  });

  test('one line each, with its details, whatever the names contain (T48)', () => {
    const forged = [
      {
        ...OTHER,
        plain: 'x.\n• Closed',
        permissions: ['y\n• Closed', 'Caution: none'],
        cautions: ['z\n• Closed'],
        atEnd: ['w\n• Closed'],
      },
    ];
    const expected = [
      '• X.▯• Closed',
      '      ◦ y▯• Closed',
      '      ◦ Caution: none',
      '      ◦ *Caution:* z▯• Closed',
      '      ◦ *At the end:* w▯• Closed',
    ];
    const drawn = (bytes: number) => targetBlocks(paragraph([]), viewAfter([], { targets: forged }), bytes);
    const list = drawn(Infinity);
    expect(linesOf(list).slice(1)).toEqual(expected);
    expect(linesOf(drawn(bytesOf(list) - 1)).slice(1)).toEqual([expected.join('\n')]);
  });
});

describe('how the end is enforced', () => {
  test('each class has its icon and its name, and a session that outlasts the end has a warning', () =>
    expect(
      endLines([
        { ...targets[0], enforcement: 'A', residualMs: 60_000 },
        { ...targets[0], enforcement: 'B' },
        { ...targets[0], enforcement: 'C' },
      ] as Parameters<typeof endLines>[0]).map((line) => line.slice(0, line.lastIndexOf('*') + 1)),
    ).toEqual([
      ':lock: *The provider ends it.*',
      ':key: *The login expires.*',
      ':alarm_clock: *Curfew ends it.*',
      ':warning: *A session can outlast the end.*',
    ]));

  test('the holder reads of their own login', () =>
    expect(
      endLines([{ ...targets[0], enforcement: 'B' }] as Parameters<typeof endLines>[0], 'holder'),
    ).toEqual([
      ':key: *Your login expires.* You cannot log in with it after the end, even when Curfew is down.',
    ]));
});
