import { describe, expect, test } from '@jest/globals';
import { LOOKS_AFTER_CHANGE, lookAfterMs } from '../../../core/findings/check-times.ts';
import {
  type Finding,
  type FindingCommand,
  findingRefusal,
  parseFindingId,
} from '../../../core/findings/finding.ts';
import { removalsAllowed, USUAL_CAP } from '../../../core/findings/removal-cap.ts';
import type { Instant, PersonId } from '../../../core/ids.ts';

const by = 'cy' as PersonId;
const id = parseFindingId('find_01234567890123456789012345');
const finding: Finding = {
  id: id.ok ? id.value : ('' as never),
  kind: 'access',
  provider: 'fake',
  targetKey: 'thing',
  targetName: 'thing',
  target: {},
  what: 'the thing',
  subject: { id: 'id-1', name: 'eve' },
  level: 'read',
  onLadder: true,
  sources: [],
  state: 'open',
  firstSeen: 0 as Instant,
  lastSeen: 0 as Instant,
};
const may = { by, isDecider: true, isOwn: false, isAsSeen: true };
const adopt: FindingCommand = {
  ...may,
  kind: 'adopt',
  hasReason: true,
  isSeconded: false,
};
const revoke: FindingCommand = { ...may, kind: 'revoke', count: 1, allowed: 1 };

describe('who may decide about a finding', () => {
  test.each<[title: string, finding: Partial<Finding>, command: FindingCommand, code: string | undefined]>([
    ['a decider may adopt with a reason', {}, adopt, undefined],
    ['a decider may revoke', {}, revoke, undefined],
    ['nobody else may adopt', {}, { ...adopt, isDecider: false }, 'not-a-decider'],
    ['nobody else may revoke', {}, { ...revoke, isDecider: false }, 'not-a-decider'],
    ['nobody adopts their own access', {}, { ...adopt, isOwn: true }, 'own-finding'],
    ['everybody who decides may revoke their own access', {}, { ...revoke, isOwn: true }, undefined],
    ['what is not what they saw is not adopted (I11)', {}, { ...adopt, isAsSeen: false }, 'finding-changed'],
    ['and is not revoked', {}, { ...revoke, isAsSeen: false }, 'finding-changed'],
    [
      'one person alone does not adopt what needs a second one',
      {},
      { ...adopt, whySecond: 'certified' } as FindingCommand,
      'second-person-needed',
    ],
    [
      'the second person does',
      {},
      { ...adopt, whySecond: 'certified', isSeconded: true } as FindingCommand,
      undefined,
    ],
    ['a reason is needed', {}, { ...adopt, hasReason: false } as FindingCommand, 'adopt-reason-missing'],
    ['what a lease left cannot be adopted', { whyNoAdopt: 'x' }, adopt, 'cannot-adopt'],
    ['what Curfew cannot remove is not promised', { whyNoRevoke: 'x' }, revoke, 'cannot-revoke'],
    ['what is over is over', { state: 'gone' }, revoke, 'finding-over'],
    ['what is decided is decided', { pending: { kind: 'revoke', by } }, adopt, 'finding-over'],
    ['one more than is allowed', {}, { ...revoke, count: 2 } as FindingCommand, 'over-removal-cap'],
    ['the confirmed number counts', {}, { ...revoke, count: 2, confirmed: 2 } as FindingCommand, undefined],
    [
      'a smaller confirmed number does not',
      {},
      { ...revoke, count: 3, confirmed: 2 } as FindingCommand,
      'over-removal-cap',
    ],
  ])('%s', (_title, more, command, code) => {
    expect(findingRefusal({ ...finding, ...more }, command)?.code).toBe(code);
  });
});

test.each<[members: number, allowed: number]>([
  [0, 1],
  [4, 1],
  [5, 1],
  [9, 1],
  [10, 2],
  [50, 10],
  [1_000, 10],
])('of %i members at most %i are revoked within an hour (B18)', (members, allowed) => {
  expect(removalsAllowed(USUAL_CAP, members)).toBe(allowed);
});

test.each<[title: string, done: number, windowMs: number, after: number | undefined]>([
  ['the first look comes after the window', 0, 30_000, 30_000],
  ['and after a second where there is no window', 0, 0, 1_000],
  ['the second after a minute', 1, 30_000, 60_000],
  ['and not before the window', 1, 90_000, 90_000],
  ['the third after fifteen minutes', 2, 0, 900_000],
  ['and then they are regular', LOOKS_AFTER_CHANGE, 0, undefined],
])('%s', (_title, done, windowMs, after) => {
  expect(lookAfterMs(done, windowMs)).toBe(after);
});
