import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { fakeProvider, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import type { FakeLevel } from '../../providers/fake/log.ts';
import type { Provider } from '../../providers/provider.ts';
import { sealerOf } from '../../ledger/sealer.ts';
import {
  ensureUndone,
  mayUndo,
  openReport,
  openUndo,
  sealReport,
  sealUndo,
  type Undo,
} from '../../requests/undo.ts';
import { later, lease, second } from '../core/request/request.fixture.ts';
import { target } from '../ledger/ledger.fixture.ts';

const sealing = (...providers: readonly string[]) => ({
  undoSealers: new Map(providers.map((name) => [name, sealerOf(randomBytes(32))])),
});
const deps = sealing('fake', 'other');
const undo: Undo = {
  intent: { lease, subject: { id: 'id-1', name: 'ana' }, level: 'read', endsAt: later(60) },
  target,
};
const sealed = sealUndo(deps, undo) ?? '';
const undoneAt = later(61) as Instant;
const leaseOf = (provider: string) => ({ id: lease, target: { ...target, provider } });

/** The sealed undo with one of its bytes changed. */
function altered(at: number): string {
  const bytes = Buffer.from(sealed, 'base64');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString('base64');
}

describe('an undo outside of our processes (T41)', () => {
  test.each(['fake', 'other'])('opens for its lease, with the key of its provider: %s', (provider) => {
    const ofProvider = { ...undo, target: { ...target, provider } };
    expect(openUndo(deps, lease, sealUndo(deps, ofProvider))).toEqual(ofProvider);
  });

  test('shows neither the account nor the target', () => {
    const bytes = Buffer.from(sealed, 'base64').toString('latin1');
    for (const text of ['ana', 'id-1', 'fake', lease]) expect(bytes).not.toContain(text);
  });

  test('does not open for another lease', () => {
    expect(openUndo(deps, second, sealed)).toBeUndefined();
  });

  test('does not open with another key', () => {
    expect(openUndo(sealing('fake'), lease, sealed)).toBeUndefined();
  });

  test('opens with the key of its provider alone, and not with that of another one', () => {
    const { undoSealers } = deps;
    const only = (name: string) => ({
      undoSealers: new Map([...undoSealers].filter(([each]) => each === name)),
    });
    expect(openUndo(only('fake'), lease, sealed)).toEqual(undo);
    expect(openUndo(only('other'), lease, sealed)).toBeUndefined();
    expect(openUndo(only('none'), lease, sealed)).toBeUndefined();
  });

  test('does not open when another provider sealed it, who has only their own key', () => {
    const key = sealerOf(randomBytes(32));
    const forged = sealUndo({ undoSealers: new Map([['fake', key]]) }, undo);
    expect(openUndo({ undoSealers: new Map([...deps.undoSealers, ['other', key]]) }, lease, forged)).toBe(
      undefined,
    );
  });

  test('cannot be sealed without the key of its provider', () => {
    expect(sealUndo(sealing('other'), undo)).toBeUndefined();
    expect(sealReport(sealing('other'), undo, undoneAt)).toBeUndefined();
  });

  test('is not what was sealed with its key for another purpose', () => {
    const foreign = deps.undoSealers
      .get('fake')
      ?.seal(JSON.stringify(undo), `password ${lease}`)
      .toString('base64');
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
    ['its bytes', [...Buffer.from(sealed, 'base64')]],
    ['half of it', sealed.slice(0, 40)],
    ['the undo itself', undo],
    ['the undo as JSON', JSON.stringify(undo)],
    ['the undo as JSON in base64', Buffer.from(JSON.stringify(undo)).toString('base64')],
  ])('is not %s', (_what, forged) => {
    expect(openUndo(deps, lease, forged)).toBeUndefined();
  });
});

describe('a report that an undo was used (T41)', () => {
  const report = sealReport(deps, undo, undoneAt);

  test('opens for a lease of the provider that sealed it', () => {
    expect(openReport(deps, leaseOf('fake'), report)).toBe(undoneAt);
  });

  test('does not open for another lease, nor for one of another provider', () => {
    expect(openReport(deps, leaseOf('other'), report)).toBeUndefined();
    expect(openReport(deps, { ...leaseOf('fake'), id: second }, report)).toBeUndefined();
  });

  test('is not the undo', () => {
    expect(openReport(deps, leaseOf('fake'), sealed)).toBeUndefined();
    expect(openUndo(deps, lease, report)).toBeUndefined();
  });
});

test.each<[string, number, boolean]>([
  ['in the last millisecond before the end of its lease', later(60) - 1, false],
  ['at the end of its lease', later(60), true],
  ['later', later(61), true],
])('an undo may be used %s: %s', (_when, now, may) => {
  expect(mayUndo(undo, now as Instant)).toBe(may);
});

describe('what an undo leaves while the ledger is unavailable (I6)', () => {
  const at = later(61) as Instant;
  const other = (level: string, endsAt = later(90)) => ({ level, endsAt: endsAt as Instant });

  /** What the account has after the undo, when it had `shown` before. */
  async function leftOf(shown: FakeLevel, prior: string, others: Undo['others']): Promise<string> {
    const vendor = fakeVendor(memoryLog());
    const id = vendor.makeAccount('ana');
    vendor.makeTarget('thing');
    vendor.setLevel('ana', 'thing', shown);
    const intent = { ...undo.intent, subject: { id, name: 'ana' }, level: prior };
    const provider = fakeProvider(vendor) as Provider;
    const spec = { resource: 'thing', level: 'write' };
    const { signal } = new AbortController();
    await ensureUndone(
      { intent, target, ...(others && { others }) },
      { provider, target: spec },
      { now: at, signal },
    );
    return vendor.levelOf('ana', 'thing');
  }

  test.each<[string, FakeLevel, prior: string, Undo['others'], left: string]>([
    ['nothing, when nothing was there before and no other lease was known', 'write', 'none', [], 'none'],
    ['what was there before', 'write', 'read', [], 'read'],
    ['what another lease gives until its end', 'write', 'none', [other('read')], 'read'],
    ['the highest of several', 'admin', 'none', [other('read'), other('write')], 'write'],
    ['nothing for a lease that ends at this moment', 'write', 'none', [other('write', at)], 'none'],
    [
      'what a lease gives that ends a millisecond later',
      'write',
      'none',
      [other('write', (at + 1) as Instant)],
      'write',
    ],
    [
      'nothing for a lease that gives more than shows: it was ended early (I3)',
      'write',
      'none',
      [other('admin')],
      'none',
    ],
    [
      'what a lower lease gives beside one that was ended early',
      'write',
      'none',
      [other('admin'), other('read')],
      'read',
    ],
    ['what was there before, for an undo of version 0.1.0', 'write', 'read', undefined, 'read'],
  ])('is %s', async (_what, shown, prior, others, left) => {
    expect(await leftOf(shown, prior, others)).toBe(left);
  });
});
