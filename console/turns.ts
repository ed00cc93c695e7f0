import type { Context, MiddlewareHandler } from 'hono';
import type { PersonId } from '../core/ids.ts';
import type { Ledger } from '../ledger/index.ts';
import { clicksIn } from '../core/click-kinds.ts';
import { idHashIn } from './sign-in/cookies.ts';

/** Nothing was done, because too much waits for its turn already. */
export class TooManyWaiting extends Error {}

type Limits = Readonly<{
  /** How much of one key is done at the same time. */
  atOnce: number;
  /** How much of one key waits at most. What comes after that is refused (`TooManyWaiting`). */
  mostWaiting: number;
}>;

/** Does work in turn with other work of the same key, in the order in which it came. Work of different keys does not wait for each other. */
export function turns({
  atOnce,
  mostWaiting,
}: Limits): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const keys = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return async (key, work) => {
    const own = keys.get(key) ?? { running: 0, waiting: [] };
    keys.set(key, own);
    if (own.running < atOnce) own.running += 1;
    else if (own.waiting.length >= mostWaiting) throw new TooManyWaiting(key);
    else await new Promise<void>((start) => own.waiting.push(start)); // It gets the place of what ends.
    try {
      return await work();
    } finally {
      const next = own.waiting.shift();
      if (next) next();
      else own.running -= 1;
      if (own.running === 0) keys.delete(key);
    }
  };
}

/** More sessions than this are not remembered. Their person is read again. */
const MOST_SESSIONS = 10_000;

/** Whose turn it is when a request is answered: that of the person, in all their sessions. Undefined without a session. */
export type TurnKey = (c: Context) => Promise<string | undefined>;

/** A session is of one person for ever, so it is read once. An unknown one has its own turn, and is refused there. */
export function turnKey({ personOfSession }: Pick<Ledger, 'personOfSession'>): TurnKey {
  const people = new Map<string, PersonId>();
  return async (c) => {
    const idHash = idHashIn(c, '__Host-curfew-session');
    if (!idHash) return undefined;
    const session = idHash.toString('hex');
    const person = people.get(session) ?? (await personOfSession(idHash));
    if (person === undefined) return `session ${session}`;
    if (people.size >= MOST_SESSIONS) people.clear();
    people.set(session, person);
    return `person ${person}`;
  };
}

/** What a server answers when nobody reads the answer any more. Nginx has this status for it. */
const READER_LEFT = 499;

/**
 * Answers the pages of a person one after another, in all their sessions, so that many slow ones of one person do not wait in front of those of others for a connection to
 * the ledger. A page whose reader left before its turn is not made. Forms do not wait for pages (`form-turns.ts`).
 */
export function pageTurns(keyOf: TurnKey): MiddlewareHandler {
  const inTurn = turns({ atOnce: 1, mostWaiting: Infinity });
  return async (c, next) => {
    const key = c.req.method === 'POST' ? undefined : await keyOf(c);
    if (key === undefined) return next();
    await inTurn(key, async () => {
      if (c.req.raw.signal.aborted) c.res = new Response(null, { status: READER_LEFT });
      else await next();
    });
    return undefined;
  };
}

/** Nobody presses so many buttons at the same time. */
const MOST_FORMS = 10;

/** The form that ends everything of a person. It names no kind. */
const END_ALL = '/people/:id/end';

const ENDING = clicksIn('ends', 'refuses');

/**
 * Receives the forms of a person one after another, from all their sessions, so that nobody fills the inbox with them, or makes the pages of others slow. Each is received when the
 * one before is decided, or after the time for which a browser waits. Too many are refused (`TooManyWaiting`). What ends access, or refuses it, waits for none of
 * them and is never refused (I14); ten of those are received at the same time. The session is read in the turn.
 */
export function formTurns(keyOf: TurnKey): MiddlewareHandler {
  const inTurn = turns({ atOnce: 1, mostWaiting: MOST_FORMS });
  const atOnce = turns({ atOnce: MOST_FORMS, mostWaiting: Infinity });
  return async (c, next) => {
    const key = c.req.method === 'POST' ? await keyOf(c) : undefined;
    if (key === undefined) return next();
    const { kind } = await c.req.parseBody();
    const isEnding = c.req.routePath === END_ALL || ENDING.some((each) => each === kind);
    await (isEnding ? atOnce : inTurn)(key, next);
    return undefined;
  };
}
