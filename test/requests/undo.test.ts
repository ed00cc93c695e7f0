import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { sealerOf } from '../../ledger/sealer.ts';
import { mayUndo, openUndo, sealUndo, type Undo } from '../../requests/undo.ts';
import { later, lease, second } from '../core/request/request.fixture.ts';
import { target } from '../ledger/ledger.fixture.ts';

const deps = { undoSealer: sealerOf(randomBytes(32)) };
const undo: Undo = {
  intent: { lease, subject: { id: 'id-1', name: 'ana' }, level: 'read', endsAt: later(60) },
  target,
};
const sealed = sealUndo(deps, undo);

/** The sealed undo with one of its bytes changed. */
function altered(at: number): string {
  const bytes = Buffer.from(sealed, 'base64');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString('base64');
}

describe('an undo outside of our processes (T41)', () => {
  test('opens for its lease, with the key that sealed it', () => {
    expect(openUndo(deps, lease, sealed)).toEqual(undo);
  });

  test('shows neither the account nor the target', () => {
    const bytes = Buffer.from(sealed, 'base64').toString('latin1');
    for (const text of ['ana', 'id-1', 'fake', lease]) expect(bytes).not.toContain(text);
  });

  test('does not open for another lease', () => {
    expect(openUndo(deps, second, sealed)).toBeUndefined();
  });

  test('does not open with another key', () => {
    expect(openUndo({ undoSealer: sealerOf(randomBytes(32)) }, lease, sealed)).toBeUndefined();
  });

  test('is not what was sealed with its key for another purpose', () => {
    const { undoSealer } = deps;
    const foreign = undoSealer.seal(JSON.stringify(undo), `password ${lease}`).toString('base64');
    expect(openUndo(deps, lease, foreign)).toBeUndefined();
  });

  test.each([0, 12, 28, 60])('does not open when the byte %i was changed', (at) => {
    expect(openUndo(deps, lease, altered(at))).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a text', 'undo'],
    ['half of it', sealed.slice(0, 40)],
    ['the undo itself', undo],
    ['the undo as JSON', JSON.stringify(undo)],
    ['the undo as JSON in base64', Buffer.from(JSON.stringify(undo)).toString('base64')],
  ])('is not %s', (_what, forged) => {
    expect(openUndo(deps, lease, forged)).toBeUndefined();
  });
});

test.each<[string, number, boolean]>([
  ['in the last millisecond before the end of its lease', later(60) - 1, false],
  ['at the end of its lease', later(60), true],
  ['later', later(61), true],
])('an undo may be used %s: %s', (_when, now, may) => {
  expect(mayUndo(undo, now as Instant)).toBe(may);
});
