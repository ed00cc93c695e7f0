import { MustWait, type Pace, type Turn } from './pace.ts';
import { retryAfterOf } from './slack-errors.ts';
import { WAITS } from '../../core/waits.ts';

/** Waits until a call may be made, makes it, and holds the method back when Slack refuses it all the same. */
export type PacedCalls = Readonly<{
  /** Waits for the turn of a call. */
  takeTurn(turn: Omit<Turn, 'mayWait'>): Promise<void>;
  /** Makes a call whose turn it is. */
  run<T>(turn: Omit<Turn, 'mayWait'>, call: () => Promise<T>): Promise<T>;
  /** Both. */
  inTurn<T>(turn: Omit<Turn, 'mayWait'>, call: () => Promise<T>): Promise<T>;
}>;

/**
 * `editsWait`: false when only urgent calls wait, and any other throws `MustWait` instead: at once when Slack's limit is reached, and also
 * when Slack refuses the call for a rate limit.
 */
export function pacedCalls(pace: Pace, editsWait: boolean): PacedCalls {
  const mayWait = ({ isUrgent }: Pick<Turn, 'isUrgent'>) => isUrgent || editsWait;

  const takeTurn: PacedCalls['takeTurn'] = (turn) => pace.take({ ...turn, mayWait: mayWait(turn) });

  const run: PacedCalls['run'] = (turn, call) =>
    call().catch((error: unknown) => {
      const retryAfter = retryAfterOf(error);
      const isHeld = retryAfter !== undefined && pace.pause(turn.method, retryAfter);
      throw isHeld && !mayWait(turn) ? new MustWait(turn.method) : error;
    });

  return { takeTurn, run, inTurn: async (turn, call) => (await takeTurn(turn), run(turn, call)) };
}

/**
 * The `fetch` of a client of Slack's Web API whose calls wait for their turn. All of them are urgent: somebody pressed something. The time that
 * a call may take begins with its turn, so the client must have no timeout of its own.
 */
export const pacedFetch =
  (pace: Pace): typeof fetch =>
  async (input, init) => {
    const method = new URL(input instanceof Request ? input.url : input).pathname.split('/').at(-1) ?? '';
    await pace.take({ method, channel: channelIn(init?.body), isUrgent: true, mayWait: true });
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(WAITS.slackCall.ms) });
    const retryAfter = Number(response.headers.get('retry-after'));
    if (response.status === 429) pace.pause(method, retryAfter * 1000);
    return response;
  };

/** The client sends the arguments of a call as a form. */
const channelIn = (body: unknown): string | undefined =>
  typeof body === 'string' ? (new URLSearchParams(body).get('channel') ?? undefined) : undefined;
