/**
 * The queue of a click. A click that waits must not delay one that ends access (I14), or one that refuses it. So each of the two has its
 * own queue.
 */
export const CLICK_QUEUES = ['ends', 'refuses', 'others'] as const;
type ClickQueue = (typeof CLICK_QUEUES)[number];

/**
 * `perHour`: how often one person can do it in an hour, in all channels and sessions together, because it makes an entry for ever. Each limit is
 * far more than a person does by hand. A kind without one ends access or refuses it, so no limit may refuse it (I14): `ledger/clicks/same-ending.ts` has a
 * row for it. `attempt`: the words after "tried to". `done`: the sentence for a person whose click was carried out.
 */
type Row = Readonly<{ queue: ClickQueue; perHour?: number; attempt: string; done: string }>;

const DONE = 'It is recorded.';
const DECIDED = 'Your decision is recorded.';

/**
 * Everything that a person can do. A new kind gets its row here, its body in `ledger/clicks/clicks.ts` and its use case in
 * `requests/decide-click.ts`; the compiler names both places, and a test the list that SQL has.
 */
export const CLICKS = {
  request: { queue: 'others', perHour: 100, attempt: 'request access', done: DONE },
  approve: { queue: 'others', perHour: 1_000, attempt: 'approve the request', done: 'You approved it.' },
  deny: { queue: 'refuses', attempt: 'deny the request', done: 'You denied it.' },
  withdraw: { queue: 'ends', attempt: 'withdraw the request', done: 'You withdrew it.' },
  end: { queue: 'ends', attempt: 'end the access', done: 'The access is being ended.' },
  ask: { queue: 'others', perHour: 100, attempt: 'ask a question', done: 'Your question is sent.' },
  answer: { queue: 'others', perHour: 100, attempt: 'answer a question', done: 'Your answer is sent.' },
  extend: {
    queue: 'others',
    perHour: 50,
    attempt: 'extend the access',
    done: 'The later end is requested. Until it is approved, the access ends as before.',
  },
  deliver: { queue: 'others', perHour: 100, attempt: 'see the password', done: DONE },
  'end-all': {
    queue: 'ends',
    attempt: 'end everything of a scope',
    done: 'Everything is being ended.',
  },
  lift: { queue: 'others', perHour: 100, attempt: 'lift a lock', done: DONE },
  'adopt-finding': { queue: 'others', perHour: 1_000, attempt: 'adopt a finding', done: DONE },
  'revoke-finding': { queue: 'others', attempt: 'revoke a finding', done: DONE },
  'open-review': { queue: 'others', perHour: 20, attempt: 'open a review of access', done: DONE },
  certify: { queue: 'others', perHour: 2_000, attempt: 'certify a line of a review', done: DECIDED },
  object: { queue: 'ends', attempt: 'object to a line of a review', done: DECIDED },
} as const satisfies Readonly<Record<string, Row>>;

export type ClickKind = keyof typeof CLICKS;

/** A kind of click that has a limit of one person. */
export type LimitedClick = {
  [Kind in ClickKind]: (typeof CLICKS)[Kind] extends { perHour: number } ? Kind : never;
}[ClickKind];

/** Each kind but a submission, which its workflow judges. */
export type DecidedKind = Exclude<ClickKind, 'request'>;

export const CLICK_KINDS = Object.keys(CLICKS) as readonly ClickKind[];

export const isClickKind = (kind: string): kind is ClickKind => Object.hasOwn(CLICKS, kind);

/** The kinds of clicks in some queues. */
export const clicksIn = (...queues: readonly ClickQueue[]): readonly ClickKind[] =>
  CLICK_KINDS.filter((kind) => queues.includes(CLICKS[kind].queue));
