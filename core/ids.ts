import { no, ok, type Result } from './result.ts';

declare const brand: unique symbol;

/** A string or number that TypeScript does not confuse with another one. At run time it is the plain value. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A person in people.yaml, whatever accounts they have in Slack, GitHub or AWS. */
export type PersonId = Brand<string, 'PersonId'>;
/** Names a request, its workflow, its events and, through its leases, its objects at the vendors. */
export type RequestId = Brand<string, 'RequestId'>;
/** The claim of one request on one target. It is derived from the request's id, so a retry names the same objects. */
export type LeaseId = Brand<string, 'LeaseId'>;
/** One thing that a person did in Slack or at the command line. It is also the id of its Temporal update. */
export type ClickId = Brand<string, 'ClickId'>;
/** One time that somebody ended everything of a person, an entitlement or a provider. It is made from the id of its click. */
export type MassEndingId = Brand<string, 'MassEndingId'>;
/** Milliseconds since 1970 UTC. A number, not a Date, because Temporal's payloads are JSON. */
export type Instant = Brand<number, 'Instant'>;
/** A length of access, in whole positive minutes. */
export type Minutes = Brand<number, 'Minutes'>;

// Crockford's base 32 in lower case. It has no i, l, o or u, so that an id can be read aloud.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TAIL = '[0-9a-hjkmnp-tv-z]{26}';
const OF_REQUEST = new RegExp(`\\b(?:req|lease)_(${TAIL})(?:_[0-9]{1,2})?\\b`, 'g');
const REQUEST_ID = new RegExp(`^req_${TAIL}$`);
const LEASE_ID = new RegExp(`^lease_${TAIL}_[0-9]{1,2}$`);
const CLICK_ID = new RegExp(`^click_${TAIL}$`);
const MASS_ENDING_ID = new RegExp(`^end_${TAIL}$`);
const PERSON_ID = /^[a-z][a-z0-9_-]{0,62}$/;

const parser =
  <Id extends string>(shape: RegExp, what: string) =>
  (text: string): Result<Id, string> =>
    shape.test(text) ? ok(text as Id) : no(`not ${what}: "${text.slice(0, 80)}"`);

export const parseRequestId = parser<RequestId>(REQUEST_ID, 'a request id');
export const parseLeaseId = parser<LeaseId>(LEASE_ID, 'a lease id');
export const parseClickId = parser<ClickId>(CLICK_ID, 'a click id');
export const parseMassEndingId = parser<MassEndingId>(MASS_ENDING_ID, 'the id of a mass ending');
export const parsePersonId = parser<PersonId>(PERSON_ID, 'a person id');

/** The last letters of the id of a request or a mass ending, for people to read and type. */
export const shortOf = (id: RequestId | MassEndingId): string => id.slice(-8);

/** The request that a text names by its id or by the id of a lease. Undefined when the text names none, or several. */
export function requestNamedIn(text: string): RequestId | undefined {
  const [named, ...others] = new Set([...text.matchAll(OF_REQUEST)].map(([, tail]) => `req_${tail}`));
  return others.length === 0 ? (named as RequestId | undefined) : undefined;
}

/** Writes 128 bits (the hex digits of a UUID) as the 26 characters at the end of our ids. */
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

/** The id of a request is made from the id of its click, so one click can never become two requests. */
export const requestIdOf = (click: ClickId): RequestId => click.replace('click_', 'req_') as RequestId;
/** The click with which a request began. */
export const clickIdOfRequest = (request: RequestId): ClickId => request.replace('req_', 'click_') as ClickId;

/** One click makes one mass ending, however often it is decided. */
export const massEndingIdOf = (click: ClickId): MassEndingId =>
  click.replace('click_', 'end_') as MassEndingId;

export const clickIdOfMassEnding = (id: MassEndingId): ClickId => id.replace('end_', 'click_') as ClickId;

export const leaseIdOf = (request: RequestId, target: number): LeaseId =>
  `${request.replace('req_', 'lease_')}_${target}` as LeaseId;

export const requestIdOfLease = (lease: LeaseId): RequestId =>
  lease.replace('lease_', 'req_').replace(/_\d{1,2}$/, '') as RequestId;

/** The position of the lease's target among those of its request, which ends the id of the lease. */
export const positionOfLease = (lease: string): number => Number(lease.slice(lease.lastIndexOf('_') + 1));

export const addMinutes = (at: Instant, length: Minutes): Instant => (at + length * 60_000) as Instant;
