import { describe, expect, test } from '@jest/globals';
import { bytesOf } from '../../bot/cards/elements.ts';
import { historyBlocks } from '../../bot/cards/shared-lines.ts';
import type { Event } from '../../core/request/events.ts';
import { ana, approve, bo, later, lease, request } from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const repaired = (seen: string): Event => ({ kind: 'repaired', lease, generation: 2, seen, at: later(3) });
const DELIVERED: Event = { kind: 'delivered', lease, by: ana, at: later(3) };
const linesWith = (...more: readonly Event[]) => {
  const view = viewAfter([approve(bo)]);
  const trail = [...view.trail, ...more.map((event, seq) => ({ seq, event, via: 'sweeper' as const }))];
  const blocks = historyBlocks({ ...view, trail });
  return { blocks, lines: linesOf(blocks).slice(1) };
};
const EARLIER = `: \`/access story ${request}\``;

describe('the history on a card', () => {
  test('is left out of a request that was only made', () => expect(historyBlocks(viewAfter([]))).toEqual([]));

  test('has the last eight steps, and counts the earlier ones', () => {
    expect(linesWith(...Array.from({ length: 6 }, () => DELIVERED)).lines).toHaveLength(8);
    const one = linesWith(...Array.from({ length: 7 }, () => DELIVERED)).lines;
    expect([one.length, one[0]]).toEqual([9, `• One earlier step${EARLIER}`]);
    const two = linesWith(...Array.from({ length: 8 }, () => DELIVERED)).lines;
    expect([two.length, two[0]]).toEqual([9, `• 2 earlier steps${EARLIER}`]);
  });

  test('leaves room for the requested access, however long a provider writes', () => {
    const { blocks, lines } = linesWith(...Array.from({ length: 8 }, () => repaired('💥'.repeat(500))));
    expect(bytesOf(blocks)).toBeLessThanOrEqual(3_000);
    expect(lines[0]).toMatch(/ earlier steps: /);
  });
});
