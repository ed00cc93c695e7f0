import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Event } from '../../core/request/events.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { restoredEvent, storedEvent } from '../../ledger/request/event-texts.ts';
import { ALTERED, ERASED } from '../../ledger/salted-text.ts';
import { holds } from '../laws.fixture.ts';
import {
  cy,
  noon,
  lease,
  run,
  open,
  approve,
  intend,
  confirmGranted,
  demand,
  bo,
} from '../core/request/request.fixture.ts';

const at = noon;
const event = (value: object): Event => ({ at, ...value }) as Event;
const refused = (refusal: Refusal) => event({ kind: 'refused', by: cy, tried: 'request', refusal });
const CANARY = 'canary-of-a-person';

/** Each place in which an event can hold a text. */
const WITH_TEXT: readonly (readonly [what: string, event: Event])[] = [
  ['what a provider showed after a grant', event({ kind: 'granted', lease, seen: CANARY })],
  ['what it showed after a repair', event({ kind: 'repaired', lease, generation: 2, seen: CANARY })],
  ['what it showed after a revocation', event({ kind: 'revoked', lease, seen: CANARY })],
  ['the note of a receipt', event({ kind: 'revoked', lease, seen: 'none', note: CANARY })],
  ['why a request is void', event({ kind: 'closed', ending: { kind: 'voided', why: CANARY } })],
  [
    'why a grant failed',
    event({ kind: 'revoke-started', ending: { kind: 'grant-failed', fault: 'no-room', why: CANARY } }),
  ],
  [
    'why somebody may approve',
    event({
      kind: 'judged',
      requirements: {
        ...demand([1, bo]),
        stages: [{ needs: 1, approvers: [{ person: bo, because: CANARY }] }],
      },
    }),
  ],
  ['the entitlement that a name resembles', refused({ code: 'unknown-entitlement', nearest: CANARY })],
  ['a reason of the policy', refused({ code: 'not-allowed', why: CANARY })],
  [
    'the ending behind a refusal',
    refused({ code: 'wrong-state', state: 'closed', ending: { kind: 'voided', why: CANARY } }),
  ],
];

describe('an event is stored without its texts, so that they can be erased', () => {
  test.each(WITH_TEXT)('%s', (_what, whole) => {
    const { body, ...stored } = storedEvent(whole);
    expect(JSON.stringify(body)).not.toContain(CANARY);
    expect(stored.texts).toContain(CANARY);
    expect(restoredEvent(body, stored)).toEqual(whole);
    expect(JSON.stringify(restoredEvent(body, { salt: null, texts: null }))).toContain(ERASED);
  });

  test('ids, times, numbers and codes stay in it', () => {
    const { log } = run([open(), approve(bo), intend(), confirmGranted()]);
    const kept = log.filter(({ kind }) => kind !== 'judged' && kind !== 'granted');
    expect(kept.length).toBeGreaterThan(3);
    for (const each of kept) expect(storedEvent(each)).toMatchObject({ body: each, texts: [] });
    const outsider = refused({ code: 'not-a-member', why: 'outsider' });
    expect(storedEvent(outsider)).toMatchObject({ body: outsider, texts: [] });
  });

  test('each text is replaced by its position and a salted hash that anybody with the text can compute', () => {
    const { body, salt } = storedEvent(event({ kind: 'revoked', lease, seen: 'none', note: 'gone' }));
    const hash = (text: string) => createHash('sha256').update(`${salt}\n${text}`).digest('hex');
    expect(salt).toMatch(/^[0-9a-f]{32}$/);
    expect(body).toEqual({
      at,
      kind: 'revoked',
      lease,
      seen: { text: 0, hash: hash('none') },
      note: { text: 1, hash: hash('gone') },
    });
  });

  test('a text that somebody changed afterwards is not shown', () => {
    const { body, salt } = storedEvent(event({ kind: 'revoked', lease, seen: 'admin', note: 'kept' }));
    expect(restoredEvent(body, { salt, texts: ['none', 'kept'] })).toMatchObject({
      seen: ALTERED,
      note: 'kept',
    });
    expect(restoredEvent(body, { salt: 'other', texts: ['admin', 'kept'] })).toMatchObject({
      seen: ALTERED,
      note: ALTERED,
    });
  });

  test('the same text has another hash in each event', () => {
    const one = event({ kind: 'granted', lease, seen: 'the same' });
    expect(storedEvent(one).body).not.toEqual(storedEvent(one).body);
  });

  holds(
    'every text comes back as it was',
    fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()),
    ([seen, note]) => {
      const whole = event({ kind: 'revoked', lease, seen, note });
      const { body, ...stored } = storedEvent(whole);
      expect(restoredEvent(JSON.parse(JSON.stringify(body)), stored)).toEqual(whole);
    },
  );
});
