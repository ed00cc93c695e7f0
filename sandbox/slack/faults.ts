/** Faults that a test can inject into the workspace. Each fault applies to a number of calls. */
export type CallFault = Readonly<
  | { kind: 'rate-limited'; retryAfter: number }
  /** The call waits this many milliseconds before it runs. */
  | { kind: 'slow'; ms: number }
  /** The call takes effect, and the connection is closed without a response. */
  | { kind: 'lost-response' }
  /** The connection is closed and the call has no effect. */
  | { kind: 'lost-call' }
  /** Slack responds with an error of its own, for example `internal_error`. The call has no effect. */
  | { kind: 'error'; error: string }
>;

export interface Faults {
  /**
   * Injects a fault into the next `times` calls of a Web API method (`*` is any method). Several faults of a
   * method apply one after the other.
   */
  inject(method: string, fault: CallFault, times?: number): void;
  /** The next `times` calls get 429 with this Retry-After, in seconds. */
  rateLimit(method: string, retryAfter?: number, times?: number): void;
  slow(method: string, ms: number, times?: number): void;
  loseResponse(method: string, times?: number): void;
  /** The next `times` envelopes are delivered `copies` times each, over all connections in turn. */
  duplicate(copies: number, times?: number): void;
  /** Closes every Socket Mode connection without a goodbye. */
  dropSockets(): void;
  /** Asks the app to reconnect every Socket Mode connection, as Slack does every hour. */
  disconnectSockets(reason: 'warning' | 'refresh_requested'): void;
  /** Until `up` is called, Slack is unreachable: all connections are closed, new ones too. */
  down(): void;
  up(): void;
  /** Removes all faults that were not used. */
  clear(): void;
}

/** The faults that are left, which the server reads before each call and each envelope. */
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
  const inject = (method: string, fault: CallFault, times = 1) =>
    void calls.set(method, [...(calls.get(method) ?? []), ...repeat(fault, times)]);
  const faults: Faults = {
    inject,
    rateLimit: (method, retryAfter = 1, times = 1) =>
      inject(method, { kind: 'rate-limited', retryAfter }, times),
    slow: (method, ms, times = 1) => inject(method, { kind: 'slow', ms }, times),
    loseResponse: (method, times = 1) => inject(method, { kind: 'lost-response' }, times),
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
