import { describe, expect, test } from '@jest/globals';
import { Fault, type FaultCode } from '../../core/faults.ts';
import { isAbsent, toFault } from '../../providers/aws-iam/faults.ts';

type Answer = Readonly<{ name?: string; Code?: string; message?: string; status?: number; wait?: string }>;

/** An error as the SDK throws it for an answer of IAM. */
const errorOf = ({ status, wait, message = 'no', ...fields }: Answer) =>
  Object.assign(new Error(message), {
    name: '',
    ...fields,
    $metadata: status === undefined ? {} : { httpStatusCode: status },
    $response: { headers: wait === undefined ? {} : { 'retry-after': wait } },
  });
const faultOf = (answer: Answer) => toFault(errorOf(answer), 'GetUser');

describe('an error code of IAM', () => {
  test.each<[code: string, fault: FaultCode]>([
    ['Throttling', 'provider-throttled'],
    ['Throttled', 'provider-throttled'],
    ['RequestLimitExceeded', 'provider-throttled'],
    ['TooManyRequests', 'provider-throttled'],
    ['SlowDown', 'provider-throttled'],
    ['AccessDenied', 'provider-forbidden'],
    ['UnauthorizedOperation', 'provider-forbidden'],
    ['InvalidClientTokenId', 'provider-forbidden'],
    ['UnrecognizedClient', 'provider-forbidden'],
    ['SignatureDoesNotMatch', 'provider-forbidden'],
    ['IncompleteSignature', 'provider-forbidden'],
    ['MissingAuthenticationToken', 'provider-forbidden'],
    ['OptInRequired', 'provider-forbidden'],
    ['ExpiredToken', 'provider-forbidden'],
    ['CredentialsProviderError', 'provider-forbidden'],
    ['LimitExceeded', 'no-room'],
    ['MalformedPolicyDocument', 'provider-refused'],
    ['InvalidInput', 'provider-refused'],
    ['ValidationError', 'provider-refused'],
    ['UnmodifiableEntity', 'provider-refused'],
    ['ConcurrentModification', 'provider-unavailable'],
    ['EntityTemporarilyUnmodifiable', 'provider-unavailable'],
    ['ServiceFailure', 'provider-unavailable'],
    ['ServiceUnavailable', 'provider-unavailable'],
    ['InternalFailure', 'provider-unavailable'],
  ])('%s is the fault %s, with and without "Exception" behind it', (name, code) => {
    // With this status an unknown code would be another fault.
    const status = code === 'provider-throttled' ? 400 : 429;
    expect(faultOf({ name, status }).code).toBe(code);
    expect(faultOf({ name: `${name}Exception`, status }).code).toBe(code);
  });

  test.each(['SomethingNew', 'constructor'])('%s is unknown, so it says nothing about the write', (name) =>
    expect(faultOf({ name }).code).toBe('provider-unavailable'),
  );

  test('counts before the name of the SDK’s class', () => {
    expect(faultOf({ name: 'LimitExceededException', Code: 'AccessDenied' }).code).toBe('provider-forbidden');
    expect(isAbsent(errorOf({ name: 'NoSuchEntityException', Code: 'AccessDenied' }))).toBe(false);
    expect(isAbsent(errorOf({ name: 'IAMServiceException', Code: 'NoSuchEntity' }))).toBe(true);
  });

  test.each<[status: number, fault: FaultCode]>([
    [429, 'provider-throttled'],
    [428, 'provider-unavailable'],
    [403, 'provider-unavailable'],
    [404, 'provider-unavailable'],
    [503, 'provider-unavailable'],
  ])('is missing from an answer %d, so the fault is %s', (status, code) =>
    expect(faultOf({ status }).code).toBe(code),
  );
});

describe('the detail of a fault', () => {
  test.each<[what: string, answer: Answer, detail: string]>([
    [
      'the call, the code, the status and the message',
      { name: 'ServiceFailureException', status: 500, message: 'internal error' },
      'ServiceFailure 500: internal error',
    ],
    ['no status without an answer', { name: 'TimeoutError', message: 'too slow' }, 'TimeoutError: too slow'],
    ['that there is no code', { status: 502, message: 'bad gateway' }, 'no code 502: bad gateway'],
    [
      'the word Exception when it is not at the end of the code',
      { name: 'ExceptionOfAGateway' },
      'ExceptionOfAGateway: no',
    ],
    ['the first line of the message', { name: 'X', message: 'one\ntwo\nthree' }, 'X: one'],
    ['200 characters of the message', { name: 'X', message: 'm'.repeat(201) }, `X: ${'m'.repeat(200)}`],
  ])('has %s', (_what, answer, detail) =>
    expect(faultOf(answer).message).toBe(`provider-unavailable: aws-iam: GetUser: ${detail}`),
  );

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'a string'],
    ['an object without fields', {}],
  ])('says that there is no code when %s was thrown', (_what, thrown) =>
    expect(toFault(thrown, 'GetUser')).toMatchObject({
      message: 'provider-unavailable: aws-iam: GetUser: no code: ',
    }),
  );
});

describe('the wait that an answer names', () => {
  test.each<[what: string, answer: Answer, retryAfterMs: number | undefined]>([
    ['whole seconds', { name: 'Throttling', wait: '7' }, 7_000],
    ['no time at all', { name: 'Throttling', wait: '0' }, 0],
    ['seconds, by a gateway', { status: 429, wait: '2' }, 2_000],
    ['nothing', { name: 'Throttling' }, undefined],
    ['a date', { name: 'Throttling', wait: 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    ['a time in the past', { name: 'Throttling', wait: '-1' }, undefined],
    ['for ever', { name: 'Throttling', wait: 'Infinity' }, undefined],
    ['seconds, and it is not a rate limit', { name: 'ServiceFailure', wait: '7' }, undefined],
  ])('%s', (_what, answer, retryAfterMs) => expect(faultOf(answer).retryAfterMs).toBe(retryAfterMs));

  test.each([
    ['there was no answer', {}],
    ['the answer has no headers', { $response: {} }],
  ])('is unknown when %s', (_what, fields) =>
    expect(toFault({ name: 'Throttling', ...fields }, 'GetUser')).toMatchObject({
      code: 'provider-throttled',
      retryAfterMs: undefined,
    }),
  );
});

test('a fault stays the same fault', () => {
  const fault = new Fault('no-room', 'full');
  expect(toFault(fault, 'GetUser')).toBe(fault);
});

test.each<[what: string, error: unknown, absent: boolean]>([
  ['IAM’s own code', errorOf({ name: 'NoSuchEntityException', status: 404 }), true],
  ['IAM’s own code without a class of the SDK', errorOf({ Code: 'NoSuchEntity' }), true],
  ['another code of IAM', errorOf({ name: 'AccessDenied' }), false],
  ['a code that begins like it', errorOf({ name: 'NoSuchEntityExceptionally' }), false],
  ['404 without a code', errorOf({ status: 404 }), false],
  ['nothing', undefined, false],
])('whether an entity is absent: %s', (_what, error, absent) => expect(isAbsent(error)).toBe(absent));
