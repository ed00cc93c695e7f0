import type { ClickId, PersonId } from '../../core/ids.ts';
import type { Db } from '../pool.ts';
import { type OwnClick, ownClick } from './own-clicks.ts';
import { type Reading, recordReading, wasJustRead } from './readings.ts';
import { closeVisit } from './visits.ts';
import { type RequestFacts, requestFacts } from './request-facts.ts';
import { type WatchedTarget, watchedTargetsAt } from './watched-targets.ts';
import {
  endSession,
  openSession,
  personOfSession,
  type Session,
  setSessionZone,
  useSession,
} from './sessions.ts';
import { beginSignIn, type SignIn, takeSignIn } from './sign-ins.ts';

export type { OwnClick } from './own-clicks.ts';
export type { Reading } from './readings.ts';
export type { RequestFacts } from './request-facts.ts';
export type { WatchedTarget } from './watched-targets.ts';
export { SESSION, type Session } from './sessions.ts';
export { SIGN_IN_MINUTES, type SignIn } from './sign-ins.ts';

/** The part of the ledger about the console. An `idHash` is the SHA-256 of an id that only a browser has. */
export interface ConsoleLedger {
  /** Stores a sign-in that began. */
  beginSignIn(idHash: Buffer, signIn: SignIn): Promise<void>;
  /** Takes a sign-in, once. Undefined when there is none with this id, when it was taken, or when it began too long ago. */
  takeSignIn(idHash: Buffer): Promise<SignIn | undefined>;
  openSession(idHash: Buffer, session: Omit<Session, 'zone'>): Promise<void>;
  /** The session with this id, if it has not ended. `isSeen`: a person opened a page, which keeps the session from ending. */
  /** Whose session it is, also when it has ended. */
  personOfSession(idHash: Buffer): Promise<PersonId | undefined>;
  useSession(idHash: Buffer, use: Readonly<{ isSeen: boolean }>): Promise<Session | undefined>;
  /** The zone in which the session's person sees times from now on. */
  setSessionZone(idHash: Buffer, zone: string): Promise<void>;
  endSession(idHash: Buffer): Promise<void>;
  /** Records that somebody saw what is not their own. It waits for its visit, which is an entry of the log. */
  recordReading(reading: Reading): Promise<void>;
  /** True when the same reading was recorded in the last ten minutes. */
  wasJustRead(reading: Reading): Promise<boolean>;
  /**
   * Closes the oldest visit that is over: the readings of one person in 15 minutes become one entry of the log. False when none is over, or another
   * process closes one.
   */
  closeVisit(): Promise<boolean>;
  /** What is shown of these requests beside their access, in no order. Those of purged requests are missing. */
  requestFacts(ids: readonly string[]): Promise<readonly RequestFacts[]>;
  /** The click with this id, if this person did it in the console. */
  ownClick(id: ClickId, person: PersonId): Promise<OwnClick | undefined>;
  /** `most` targets of a provider at which Curfew looks, after the first `from`, by their names. */
  watchedTargetsAt(
    provider: string,
    part: Readonly<{ from: number; most: number }>,
  ): Promise<readonly WatchedTarget[]>;
}

/** Runs work on a connection to the database. */
type Run = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

export const consoleLedger = (query: Run): ConsoleLedger => ({
  beginSignIn: (idHash, signIn) => query((db) => beginSignIn(db, idHash, signIn)),
  takeSignIn: (idHash) => query((db) => takeSignIn(db, idHash)),
  openSession: (idHash, session) => query((db) => openSession(db, idHash, session)),
  personOfSession: (idHash) => query((db) => personOfSession(db, idHash)),
  useSession: (idHash, use) => query((db) => useSession(db, idHash, use)),
  setSessionZone: async (idHash, zone) => void (await query((db) => setSessionZone(db, idHash, zone))),
  endSession: async (idHash) => void (await query((db) => endSession(db, idHash))),
  recordReading: (reading) => query((db) => recordReading(db, reading)),
  wasJustRead: (reading) => query((db) => wasJustRead(db, reading)),
  closeVisit: () => query(closeVisit),
  watchedTargetsAt: (provider, part) => query((db) => watchedTargetsAt(db, provider, part)),
  ownClick: (id, person) => query((db) => ownClick(db, id, person)),
  requestFacts: (ids) => query((db) => requestFacts(db, ids)),
});
