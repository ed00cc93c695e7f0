import type { Context } from 'hono';
import type { PersonId } from '../core/ids.ts';
import type { Ledger } from '../ledger/index.ts';
import { idHashIn } from './sign-in/cookies.ts';

/** More sessions than this are not remembered. Their person is read again. */
const MOST = 10_000;

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
    if (people.size >= MOST) people.clear();
    people.set(session, person);
    return `person ${person}`;
  };
}
