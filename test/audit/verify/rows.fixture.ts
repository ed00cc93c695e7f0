import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import type { RequestId } from '../../../core/ids.ts';
import type { Event } from '../../../core/request/events.ts';
import { storedEvent } from '../../../ledger/request/event-texts.ts';
import { history } from '../../core/request/history.fixture.ts';
import * as the from '../../core/request/request.fixture.ts';

const OTHERS = [
  ...['finding-decision', 'mass-ending', 'mass-ending-lift', 'mass-ending-cut-off'],
  ...[
    'log-beginning',
    'erasure',
    'quarantine',
    'quarantine-end',
    'copy',
    'review',
    'review-decision',
    'visit',
  ],
];

// The package's types describe the default export of an ES module. Node gives the CommonJS function itself.
export const canonicalText = canonicalize as unknown as (value: unknown) => string;

/** Numbers below a limit, always the same for one seed. */
export type Random = (limit: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** One row that the ledger appended: an entry of the log, with the texts beside it. */
export type Row = Readonly<{
  id: string;
  type: string;
  at: string;
  body: unknown;
  step?: string;
  via?: string;
  salt?: string;
  texts?: readonly string[];
}>;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TAIL = the.request.slice('req_'.length);

/**
 * The events of many requests, as `decide` made them. In every second some are moved or repeated, so that events come in a state in
 * which they change nothing.
 */
export const historiesOf = (seed: number, count: number): readonly (readonly Event[])[] => {
  const random = randomOf(seed);
  return fc
    .sample(history, { seed, numRuns: count })
    .map(({ events }, at) => (at % 2 === 0 ? disturbed(events, random) : events));
};

function disturbed(events: readonly Event[], random: Random): readonly Event[] {
  const moved = events.map((event) => events[random(3) === 0 ? random(events.length) : -1] ?? event);
  return events.slice(0, 1).concat(moved.slice(1));
}

/** The same events for a request with another id. The ledger's clock never goes back within a request. */
function eventsOf(events: readonly Event[], random: Random): { id: RequestId; events: readonly Event[] } {
  const tail = Array.from({ length: 26 }, () => ALPHABET[random(32)]).join('');
  let last = 0;
  const own = (JSON.parse(JSON.stringify(events).replaceAll(TAIL, tail)) as Event[]).map((event) => {
    last = Math.max(last, event.at);
    return { ...event, at: last as Event['at'] };
  });
  return { id: `req_${tail}` as RequestId, events: own };
}

const VIAS = ['slack', 'cli', 'workflow', 'sweeper'];

const rowOf = (request: string, event: Event, seq: number, random: Random): Row => {
  const { body, salt, texts } = storedEvent(event, `salt${random(1e9)}`);
  return {
    id: `${request}/${seq}`,
    type: 'event',
    at: new Date(event.at).toISOString(),
    body: seq === 0 && random(10) === 0 ? { ...(body as object), more: 'x'.repeat(61_000) } : body,
    step: `step-${random(1000)}`,
    via: VIAS[random(4)]!,
    ...(texts.length > 0 ? { salt, texts } : {}),
  };
};

const otherRow = (number: number, random: Random): Row => {
  const text = `a reason\n${number}`;
  const salt = `salt${random(1e9)}`;
  const hash = createHash('sha256').update(`${salt}\n${text}`).digest('hex');
  const type = OTHERS[random(OTHERS.length)]!;
  const body = { by: 'dee', number, why: { text: 0, hash } };
  return {
    id: `${type}-${number}`,
    type,
    at: new Date(the.noon + number).toISOString(),
    body,
    salt,
    texts: [text],
  };
};

/** The rows of several requests, mixed. */
export function randomRows(
  histories: readonly (readonly Event[])[],
  requests: number,
  random: Random,
): readonly Row[] {
  const own = Array.from({ length: requests }, () => eventsOf(histories[random(histories.length)]!, random));
  const queues = own.map(({ id, events }) => events.map((event, seq) => rowOf(id, event, seq, random)));
  const rows: Row[] = [];
  for (let open = queues; open.length > 0; open = open.filter(({ length }) => length > 0)) {
    const queue = open[random(open.length)]!;
    rows.push(...queue.splice(0, 1 + random(4)));
    if (random(12) === 0) rows.push(otherRow(rows.length, random));
  }
  return rows;
}

const LONGEST = 60_000;

/** The bytes of an entry, and its body when it is kept beside the log. */
export function entryOf(row: Row): { entry: Buffer; long?: { sha256: string; body: unknown } } {
  const { salt: _salt, texts: _texts, ...fields } = row;
  const entry = Buffer.from(canonicalText(fields));
  if (entry.length <= LONGEST) return { entry };
  const sha256 = createHash('sha256').update(canonicalText(row.body)).digest('hex');
  return {
    entry: Buffer.from(canonicalText({ ...fields, body: { sha256 } })),
    long: { sha256, body: row.body },
  };
}
