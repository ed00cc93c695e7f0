import { no, ok, type Result } from './result.ts';

declare const brand: unique symbol;

/** A plain value that only its own parser can produce. Costs nothing at run time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Who a person is to us, whatever Slack, GitHub or AWS calls them. */
export type PersonId = Brand<string, 'PersonId'>;
/** Names one request, its workflow, its events and, through its leases, its vendor-side objects. */
export type RequestId = Brand<string, 'RequestId'>;
/** One request's claim on one target. Derived from the request, so a retry names the same objects. */
export type LeaseId = Brand<string, 'LeaseId'>;
/** One thing a person did in Slack or at the CLI. Also the id of the Temporal update it becomes. */
export type ClickId = Brand<string, 'ClickId'>;
/** Milliseconds since 1970 UTC. A number, not a Date, because Temporal's payloads are JSON. */
export type Instant = Brand<number, 'Instant'>;
/** A length of access. Whole minutes, positive. */
export type Minutes = Brand<number, 'Minutes'>;

// Crockford's base 32 in lower case: no i, l, o or u, so that an id can be read out over a phone.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TAIL = '[0-9a-hjkmnp-tv-z]{26}';
const REQUEST_ID = new RegExp(`^req_${TAIL}$`);
const LEASE_ID = new RegExp(`^lease_${TAIL}_[0-9]{1,2}$`);
const CLICK_ID = new RegExp(`^click_${TAIL}$`);
const PERSON_ID = /^[a-z][a-z0-9_-]{0,62}$/;

const parser =
  <Id extends string>(shape: RegExp, what: string) =>
  (text: string): Result<Id, string> =>
    shape.test(text) ? ok(text as Id) : no(`not ${what}: "${text.slice(0, 80)}"`);

export const parseRequestId = parser<RequestId>(REQUEST_ID, 'a request id');
export const parseLeaseId = parser<LeaseId>(LEASE_ID, 'a lease id');
export const parseClickId = parser<ClickId>(CLICK_ID, 'a click id');
export const parsePersonId = parser<PersonId>(PERSON_ID, 'a person id');

/** Spells 128 bits (a UUID's hex digits) as the 26 letters our ids end in. */
const spell = (uuid: string): string => {
  let rest = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let text = '';
  for (let place = 0; place < 26; place += 1) {
    text = (ALPHABET[Number(rest & 31n)] ?? '0') + text;
    rest >>= 5n;
  }
  return text;
};

export const clickIdOf = (uuid: string): ClickId => `click_${spell(uuid)}` as ClickId;

/** A request is named after the click that asked for it, so one click can never become two requests. */
export const requestIdOf = (click: ClickId): RequestId => click.replace('click_', 'req_') as RequestId;
/** The click that asked for a request. */
export const clickIdOfRequest = (request: RequestId): ClickId => request.replace('req_', 'click_') as ClickId;

export const leaseIdOf = (request: RequestId, target: number): LeaseId =>
  `${request.replace('req_', 'lease_')}_${target}` as LeaseId;

export const requestIdOfLease = (lease: LeaseId): RequestId =>
  lease.replace('lease_', 'req_').replace(/_\d{1,2}$/, '') as RequestId;

export const addMinutes = (at: Instant, length: Minutes): Instant => (at + length * 60_000) as Instant;
