import { describe, expect, test } from '@jest/globals';
import { bytesOf, paragraph } from '../../bot/blocks/elements.ts';
import { targetBlocks } from '../../bot/blocks/targets.ts';
import { emphasis } from '../../wording/phrase.ts';
import { linesOf } from './block-lines.fixture.ts';

const plain = `a login to the database ${'orders'.repeat(10)}`;
const OTHER = { level: 'present', enforcement: 'C', residualMs: 0 } as const;
const targets = [
  { ...OTHER, plain, permissions: ['may read all orders', 'may write all orders'] },
  { ...OTHER, plain: 'a team', permissions: ['may join the team'] },
];
const draw = (bytes: number) => targetBlocks(paragraph(emphasis(['Requested access'])), targets, bytes);
const textOf = (bytes: number) => linesOf(draw(bytes)).join('\n').split('\n');

describe('the targets of a request have', () => {
  const all = [
    '*Requested access*',
    `• A${plain.slice(1)}`,
    '      ◦ may read all orders',
    '      ◦ may write all orders',
    '• A team',
    '      ◦ may join the team',
  ];
  const oneEach = all.toSpliced(3, 1, '      ◦ and 1 more');
  const none = [
    '*Requested access*',
    `• A${plain.slice(1)}`,
    '      ◦ and 2 more',
    '• A team',
    '      ◦ and 1 more',
  ];
  const cut = none.toSpliced(1, 1, `• A${plain.slice(1, 59)}…`);
  const room = (lines: readonly string[]) => {
    for (let bytes = 0; bytes < 1_000; bytes += 1) if (textOf(bytes).join() === lines.join()) return bytes;
    return undefined;
  };

  test('all of their permissions in as many bytes as these take, and in more', () =>
    expect([textOf(bytesOf(draw(Infinity))), textOf(Infinity)]).toEqual([all, all]));

  test('fewer permissions where there is less room, and the others are counted (I11)', () => {
    const least = room(oneEach) ?? 0;
    expect(textOf(bytesOf(draw(Infinity)) - 1)).toEqual(oneEach);
    expect(least).toBe(bytesOf(draw(least)));
    expect(textOf(least - 1)).toEqual(none);
  });

  test('one line each, with its permissions, whatever the names contain (T48)', () => {
    const forged = [{ plain: 'x.\n• Closed', permissions: ['y\n• Closed'], ...OTHER }];
    expect(linesOf(targetBlocks(paragraph([]), forged, Infinity))[1]).toBe(
      '• X.▯• Closed\n      ◦ y▯• Closed',
    );
  });

  test('their whole names also where there is room for no permission', () => {
    const least = room(none) ?? 0;
    expect(least).toBe(bytesOf(draw(least)));
    expect([textOf(least - 1), textOf(0)]).toEqual([cut, cut]);
  });
});
