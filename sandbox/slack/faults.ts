/** The ways in which a test can make the workspace misbehave. Each is used up by the calls it befell. */
export type CallFault = Readonly<
  | { kind: 'rate-limited'; retryAfter: number }
  /** The call waits this many milliseconds before it is carried out. */
  | { kind: 'slow'; ms: number }
  /** The call takes effect, and the connection is cut instead of answering. */
  | { kind: 'lost-answer' }
  /** The connection is cut before anything happened. */
  | { kind: 'lost-call' }
  /** Slack's own trouble, e.g. `internal_error` or `fatal_error`; nothing happened. */
  | { kind: 'error'; error: string }
>;

export interface Faults {
  /** Befalls the next `times` calls of a Web API method (`*`: of any). Faults of a method queue up. */
  inject(method: string, fault: CallFault, times?: number): void;
  /** The next `times` calls answer 429 with this Retry-After, in seconds. */
  rateLimit(method: string, retryAfter?: number, times?: number): void;
  slow(method: string, ms: number, times?: number): void;
  loseResponse(method: string, times?: number): void;
  /** The next `times` envelopes are delivered `copies` times each, over all connections in turn. */
  duplicate(copies: number, times?: number): void;
  /** Cuts every Socket Mode connection without a word. */
  dropSockets(): void;
  /** Asks every Socket Mode connection to come back, as Slack does hourly. */
  disconnectSockets(reason: 'warning' | 'refresh_requested'): void;
  /** Nothing answers any more: sockets are cut, new connections too, until `up`. */
  down(): void;
  up(): void;
  /** Forgets what did not befall yet. */
  clear(): void;
}

/** What the server asks before each call and each envelope. */
export interface PendingFaults {
  readonly isDown: boolean;
  next(method: string): CallFault | undefined;
  copies(): number;
}

type Sockets = Readonly<{ drop(): void; disconnect(reason: string): void }>;

const repeat = <T>(value: T, times: number): readonly T[] => Array.from({ length: times }, () => value);

export function createFaults(sockets: Sockets): Readonly<{ faults: Faults; book: PendingFaults }> {
  const calls = new Map<string, CallFault[]>();
  const copies: number[] = [];
  let isDown = false;
  const befall = (method: string, fault: CallFault, times = 1) =>
    void calls.set(method, [...(calls.get(method) ?? []), ...repeat(fault, times)]);
  const faults: Faults = {
    inject: befall,
    rateLimit: (method, retryAfter = 1, times = 1) =>
      befall(method, { kind: 'rate-limited', retryAfter }, times),
    slow: (method, ms, times = 1) => befall(method, { kind: 'slow', ms }, times),
    loseResponse: (method, times = 1) => befall(method, { kind: 'lost-answer' }, times),
    duplicate: (count, times = 1) => void copies.push(...repeat(count, times)),
    dropSockets: () => sockets.drop(),
    disconnectSockets: (reason) => sockets.disconnect(reason),
    down() {
      isDown = true;
      sockets.drop();
    },
    up() {
      isDown = false;
    },
    clear() {
      calls.clear();
      copies.length = 0;
      isDown = false;
    },
  };
  const book: PendingFaults = {
    get isDown() {
      return isDown;
    },
    next: (method) => calls.get(method)?.shift() ?? calls.get('*')?.shift(),
    copies: () => copies.shift() ?? 1,
  };
  return { faults, book };
}
