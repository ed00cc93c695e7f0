import { describe, expect, test } from '@jest/globals';
import { Fault, FAULTS, type FaultCode, isFaultCode, isTransient, messageOf } from '../../core/faults.ts';

const CODES = Object.keys(FAULTS) as FaultCode[];

test('only faults that pass with time are transient', () => {
  expect(CODES.filter(isTransient)).toEqual([
    'provider-throttled',
    'provider-unavailable',
    'ledger-unavailable',
  ]);
});

test('a later attempt can succeed after these faults only', () => {
  expect(CODES.filter((code) => new Fault(code, 'x').retry)).toEqual([
    'provider-throttled',
    'provider-unavailable',
    'not-verified',
    'unknown-provider',
    'ledger-unavailable',
  ]);
});

test('a fault is an error with its code in the message, its cause, and the wait of the vendor', () => {
  const cause = new Error('429');
  const fault = new Fault('provider-throttled', 'slow down', { cause, retryAfterMs: 3_000 });
  expect(fault).toMatchObject({
    name: 'Fault',
    code: 'provider-throttled',
    message: 'provider-throttled: slow down',
    cause,
    retryAfterMs: 3_000,
  });
  expect(new Fault('no-room', 'x').retryAfterMs).toBeUndefined();
});

describe('the message of a caught value', () => {
  test.each([
    [new Error('away'), 'away'],
    ['text', 'text'],
    [undefined, 'undefined'],
  ])('%p', (caught, message) => expect(messageOf(caught)).toBe(message));
});

test('only the codes of the table are codes', () => {
  expect(CODES.every(isFaultCode)).toBe(true);
  expect(['constructor', 'unknown', ''].some(isFaultCode)).toBe(false);
});
