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
    'awaiting-person',
    'lock-lost',
    'clocks-differ',
    'not-tried',
    'unknown-provider',
    'manifest-unavailable',
    'quarantine',
    'log-behind',
    'ledger-unavailable',
  ]);
});

const SAYS: Record<FaultCode, RegExp> = {
  'provider-throttled': /limits the rate/,
  'provider-unavailable': /provider does not answer/,
  'provider-forbidden': /Curfew's own credential lacks a permission/,
  'provider-refused': /refused the change/,
  'subject-missing': /account does not exist/,
  'subject-changed': /account was deleted and created again/,
  'target-missing': /target no longer exists/,
  'target-managed': /Another system manages/,
  'no-room': /limit .* is reached/,
  'not-verified': /accepted the change but does not show it/,
  'awaiting-person': /must do something at the provider/,
  superseded: /request ended before/,
  'lock-lost': /another process took it over/,
  'clocks-differ': /clocks of two machines differ/,
  'no-longer-allowed': /policy changed/,
  'not-tried': /No attempt to give/,
  'unknown-provider': /No provider of that name/,
  'manifest-missing': /no manifest is configured/,
  'manifest-unavailable': /manifest cannot be written/,
  quarantine: /ledger was restored/,
  'log-missing': /cannot check whether the approval was published/,
  'log-behind': /not in a published checkpoint/,
  'log-altered': /not the one that was published/,
  'ledger-unavailable': /ledger does not answer/,
};
test.each(CODES)('the text of %s tells people of that fault and of no other one', (code) => {
  expect(CODES.filter((each) => SAYS[each].test(FAULTS[code].text))).toEqual([code]);
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
