import type { Fault } from '../core/faults.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import type { AttemptKind, CallPurpose, Turns } from '../core/turns.ts';
import type { Result } from '../core/result.ts';
import type { Description, EnforcementClass } from '../core/target.ts';
import type { UsablePart, Use, UseReadings } from '../core/use.ts';

/**
 * The account at the vendor. `id` is the vendor's immutable id. An account that was deleted and created
 * again under the same name has another id and counts as another person. `name` is the name that the
 * vendor's API takes.
 */
export type Subject = Readonly<{ id: string; name: string }>;

/**
 * What one person has at one target: a level of the target's ladder (`ladder(target)`). The first level
 * is `none`. Some targets create one object for each lease (an IAM policy, a Postgres role). Their ladder is
 * `none`, `present`, and each lease has a holding of its own.
 */
export type Level = string;

/**
 * Access that does not come from the account's own entry, which is the vendor's record that names this account: for
 * example, access through a team. `through` completes "has write …": `through the team platform`. `level` is the vendor's
 * word when the ladder has no such level.
 */
export type Source = Readonly<{ level: Level; through: string }>;

/**
 * What the person has before the first write: the holding's prior state. `level` is that of the account's own entry. What
 * comes from elsewhere is in `sources` and never counts as the prior state, because nobody gave it to the account by name.
 * `target` is the target of the call, completed with the vendor's own id where there is one. All later calls use that id.
 * `refusal` says why nothing can be granted to this person here, for example because Curfew cannot tell the person's own level
 * from that of another source, and would restore the wrong one.
 */
export type Observation<Target> = Readonly<{
  subject: Subject;
  level: Level;
  sources: readonly Source[];
  target: Target;
  note?: string;
  refusal?: string;
}>;

/**
 * One person, one target, one end, and the level that the person must have when the call returns.
 * For `ensureAbsent` the level is what remains: the higher of the prior level and the person's other live leases.
 */
export type Intent<Target> = Readonly<{
  lease: LeaseId;
  subject: Subject;
  target: Target;
  level: Level;
  endsAt: Instant;
  /**
   * Generated and encrypted before the first write, and the same on every retry. Only for `needsSecret` providers.
   */
  secret?: string;
}>;

/**
 * Proof that the vendor's state was read back. `seen` says what the vendor showed. It holds no secret.
 *
 * `found` is the level of the account's own entry before the call. It is left out when there was no account or no target.
 * `lowered` is set by `ensureAbsent` when the vendor showed more before the call than after it. `untidied` is set by
 * `ensureAbsent` when the access is closed and something is still to be cleaned up, which the same call does later. It is a
 * sentence that says what. `moved` is set by `moveEnd` when the vendor showed another end before the call.
 */
export type Receipt = Readonly<{
  level: Level;
  found?: Level;
  seen: string;
  note?: string;
  lowered?: boolean;
  moved?: boolean;
  untidied?: string;
}>;

/**
 * An object at the vendor that carries Curfew's mark. `subject` is the account at the vendor that has it, and `subjectId` is the
 * vendor's immutable id of that account, where the list shows it. `endsAt` is read from the object itself, where the object can
 * store it and no other lease shares its access. `place` says where the object is, for a provider that has several places.
 */
export type ManagedObject = Readonly<{
  lease: LeaseId;
  subject: string;
  subjectId?: string;
  what: string;
  endsAt?: Instant;
  place?: string;
}>;

/**
 * Where access comes from that is not the account's own entry, as `discover` shows it. `organisation`: everybody there has it, or owns the
 * organisation, so it is nothing of this one account.
 */
export type FoundSource = Source &
  Readonly<{ kind: 'team' | 'child-team' | 'organisation' | 'role' | 'other' }>;

/**
 * One account that has access to a target. `level` is that of its own entry, `none` when the access comes from elsewhere only. `lease` is
 * the one whose mark the entry carries, where each lease has an object of its own. `whyNoRevoke` is a sentence that says why `ensureAbsent`
 * cannot remove the entry, and what to do.
 */
export type FoundAccess = Readonly<{
  subject: Subject;
  level: Level;
  sources: readonly FoundSource[];
  lease?: LeaseId;
  whyNoRevoke?: string;
}>;

/**
 * One page of who has access to a target. `next` is the next page; without it, this one is the last. `target` is completed with the
 * vendor's own id. `calls`: how many calls the page needed. `managedBy` is a noun phrase for another system that decides about all members of
 * the target. `hidden`: how many accounts the vendor does not show to Curfew, so that the list says nothing about absence.
 */
export type FoundPage<Target> = Readonly<{
  target: Target;
  accesses: readonly FoundAccess[];
  next?: string;
  calls: number;
  managedBy?: string;
  hidden?: number;
}>;

/**
 * What is left of the object of one lease. `changed` is a sentence that says what somebody changed in it by hand.
 */
export type OwnObject = Readonly<{ level: Level; changed?: string }>;

/**
 * What a mass ending cuts off at a vendor at once: the access of these leases. `wholeAccount`: everything of these people ends, so
 * their sessions and keys end too, whatever they are for. `beforeChange` is called, and waited for, before a change that somebody must undo:
 * it stores sentences that say what a person may have to undo at the vendor, once they know that it is safe. When it fails, nothing is changed.
 */
export type CutOff<Target> = Readonly<{
  leases: readonly Intent<Target>[];
  wholeAccount: boolean;
  beforeChange(toUndo: readonly string[]): Promise<void>;
}>;

/**
 * `seen` says what is cut off, and what is not. `again`: the leases that are cut off again after half a minute, because something failed,
 * or because the vendor's change does not count everywhere yet.
 */
export type CutOffResult = Readonly<{ seen: string; again: readonly LeaseId[] }>;

/**
 * The vendor's own clock. `at` is what it showed, rounded down to `stepMs`. `where` names the server. `place` is the one that `Managed`
 * names, for a provider that has several places.
 */
export type VendorClock = Readonly<{ where: string; place?: string; at: Instant; stepMs: number }>;

/**
 * What Curfew's own credential is for: to grant and to revoke, only to revoke, or (the reaper's) only to list and to remove.
 * The reaper has no catalogue, so it must be able to remove access of every kind, also where no target is passed.
 */
export type Duty = 'grant' | 'revoke' | 'reap';

/**
 * One thing about the permissions of Curfew's own credential. `missing`: without it, the duty fails. `excess`: it allows
 * more than the duty needs. `unknown`: it could not be found out by reading. `what` names the permission, and the
 * target where it concerns one.
 */
export type Permission = Readonly<{ severity: 'missing' | 'excess' | 'unknown'; what: string }>;

/**
 * What Curfew's own credential may do, compared with what it needs. `note` says how that was found out. `advice` has sentences
 * about the targets, for administrators: what they could choose instead, although everything works as it is.
 */
export type Preflight = Readonly<{
  permissions: readonly Permission[];
  note: string;
  advice?: readonly string[];
}>;

/** A credential that the holder of a lease is shown once, and the time from which it no longer works. */
export type Credential = Readonly<{ text: string; endsAt: Instant }>;

/** What is known when the holder collects a credential: the secret that was stored for the lease. */
export type HolderInput = Readonly<{ secret: string }>;

/** What a preflight compares with: the targets of the catalogue, and what Curfew's credential is for. */
export type PreflightInput<Target> = Readonly<{ targets: readonly Target[]; duty: Duty }>;

/**
 * Of which lease the use is read. It was granted at `grantedAt`, and its access is gone since `endedAt`, which is left out while the lease is live. `now` is
 * the ledger's time of this reading. `mark` is that of the last reading of this lease.
 */
export type UseQuery<Target> = Readonly<{
  lease: LeaseId;
  subject: Subject;
  target: Target;
  grantedAt: Instant;
  endedAt?: Instant;
  now: Instant;
  mark?: string;
}>;

/**
 * The client of a vendor calls this before each call. It resolves when the call may be made. `points` are what the vendor counts for it, one
 * by default. `closedMs`: for how long calls of each purpose may not be made, as the vendor's answers say. Such a call fails at once.
 */
export type TakeTurn = (points?: number, closedMs?: Readonly<Record<CallPurpose, number>>) => Promise<void>;

/** An attempt for one lease: `key` names it, so that it keeps its place while it waits. */
export type LeaseAttempt = Readonly<{ kind: AttemptKind; key: string; target: unknown }>;

/**
 * A system in which Curfew grants access.
 *
 * `ensurePresent` and `ensureAbsent` are idempotent. They may run twice, at the same time, or again after
 * a crash in the middle, and must still leave the vendor in the state that the intent names. They return
 * only after they have read that state back. Errors are `Fault`s: a rate limit is `provider-throttled` with
 * the vendor's own wait, a timeout is `provider-unavailable` (the result is unknown, so the next attempt
 * reads it back), and 404 on a revoke is success.
 *
 * `ensurePresent` never lowers a level and `ensureAbsent` never raises one. A change that somebody made at the
 * vendor meanwhile is drift: `found` shows it, and people read about it. Both write even when a read already shows the
 * wanted level, because a read may be older than the write of an earlier attempt.
 */
export interface Provider<Target = unknown> {
  readonly name: string;
  /** How long after a write a read may still show the old state, in milliseconds. */
  readonly consistencyWindowMs: number;
  /**
   * How many points of calls this vendor accepts in any minute. A call is one point, where the vendor does not count otherwise. Half of it
   * is kept for removals.
   */
  readonly rateBudget: number;
  /**
   * The points of all calls of one attempt of this kind, as the vendor counts them. An attempt begins when the vendor accepts all of them. Left out: a
   * thirtieth of `rateBudget`.
   */
  attemptPoints?(kind: AttemptKind, target: Target | undefined): number;
  /**
   * How many calls a minute all processes together may use to read what is there (looks at live access, reconciliation). Left out: a quarter
   * of `rateBudget`. A vendor with a limit for a longer time names a quarter of what that limit allows in a minute.
   */
  readonly readBudget?: number;
  /** How many leases Curfew may revoke or verify here at the same time. Left out: 10. */
  readonly mostAtOnce?: number;
  /**
   * What `cutOff` ends: the access of the leases that it is given, or the accounts of their people. An account is cut off also when all
   * its leases have their receipts. Left out where there is no `cutOff`.
   */
  readonly cutsOff?: 'leases' | 'accounts';
  /** The same provider, for a caller that ends access: its reads count as removals too, so they never wait behind a grant. */
  readonly asRemoval?: Provider;
  /**
   * Runs `work`, and with it all calls to this provider, as one attempt when its turn comes. When its turn does not come within some seconds, it
   * throws `provider-throttled` with the wait, and no call is made. Left out where nothing limits the rate.
   */
  inTurn?<T>(attempt: LeaseAttempt, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** The same provider, which shares the rate with all processes that have these turns. */
  sharing?(turns: Turns): Provider;
  /** How late this vendor shows use, whether facts are lost at the end of the access, and how many calls a reading makes. */
  readonly useReadings: UseReadings;
  /** True when each lease has a password, which is delivered once. */
  readonly needsSecret: boolean;
  /** True when the account is the person in people.yaml, so that nobody needs an account there. Left out: false. */
  readonly isAccountPerson?: boolean;

  /** Parses the target of a catalogue entry. The error is a sentence that names the field. */
  parseTarget(json: unknown): Result<Target, string>;
  /** Two targets have the same key exactly when they are the same thing at the vendor. The level does not matter. */
  targetKey(target: Target): string;
  /**
   * The key of the lock for changes to this target. It depends on the name alone, so that a target with and without
   * its id has the same key.
   */
  lockKey(target: Target): string;
  /** The levels, lowest first, with `none` at index 0. */
  ladder(target: Target): readonly Level[];
  /** The level that this target grants. */
  level(target: Target): Level;
  /** True when each lease creates an object of its own, so that leases never share a holding. */
  ownObject(target: Target): boolean;
  enforcementClass(target: Target): EnforcementClass;
  /**
   * How long a session opened before the end may continue, in milliseconds. 0 when the revoke ends it, Infinity when
   * nothing does.
   */
  residualSessionMs(target: Target): number;
  /** It calls no vendor, because a process without a credential describes targets too. What it cannot know counts as `widens`. */
  describe(target: Target): Description;
  /**
   * What an account with this level has at the target, in plain words. A read showed the level, so it may be another one than the target's, and one that
   * Curfew never grants.
   */
  describeFound(target: Target, level: Level): string;

  /**
   * Makes the credential that the holder collects. It never works longer than the intent's end. Only for `needsSecret`
   * providers. It calls no vendor, because the process that shows credentials has no permission there.
   */
  issue?(intent: Intent<Target>, holder: HolderInput): Promise<Credential>;

  /**
   * What the account has now. It runs once, as a recorded step of its own, before the first write. After a
   * lost answer, nobody can tell whether Curfew added the access or whether it was there before. `account` is
   * the person's name at the vendor. Throws `subject-missing` or `target-missing`.
   */
  observe(holding: { account: string; target: Target }, signal: AbortSignal): Promise<Observation<Target>>;
  ensurePresent(intent: Intent<Target>, signal: AbortSignal): Promise<Receipt>;
  ensureAbsent(intent: Intent<Target>, signal: AbortSignal): Promise<Receipt>;
  /**
   * Moves the end of access that `ensurePresent` gave to the intent's end, earlier or later, and changes nothing else: what the
   * holder has keeps working, with the same credential. It is idempotent and reads back as the others do. It gives nothing again: it
   * throws `provider-refused` when somebody revoked or changed by hand what the lease had. Left out where the vendor
   * stores no end: there an extension only reads.
   */
  moveEnd?(intent: Intent<Target>, signal: AbortSignal): Promise<Receipt>;
  /**
   * What is left of the object that `ensurePresent` made for this lease. It changes nothing. Only for targets whose leases have objects of
   * their own; of the others, `observe` says what there is.
   */
  readOwnObject?(intent: Intent<Target>, signal: AbortSignal): Promise<OwnObject>;
  /**
   * Who has access to a target, and from where, page by page. It changes nothing. A page that cannot be read whole throws: it is never
   * a shorter list. Throws `target-missing` when there is no such target.
   */
  discover(
    target: Target,
    at: Readonly<{ page?: string | undefined; signal: AbortSignal }>,
  ): Promise<FoundPage<Target>>;
  /**
   * All objects at the vendor that carry Curfew's mark. Throws when it cannot list all of them. With `onFailure`, a provider with
   * several places passes it each place that cannot be read, and lists the others.
   */
  listManaged(signal: AbortSignal, onFailure?: (error: Fault) => void): Promise<readonly ManagedObject[]>;
  /**
   * Ends the access of one object of `listManaged` with nothing but what the object says, and leaves what the account has from
   * elsewhere. It is idempotent and reads back as `ensureAbsent` does. It changes nothing while the end that the object has now is
   * not reached by the vendor's clock, where the vendor can compare the two. Then the receipt has another level than `none`.
   */
  endManaged(managed: ManagedObject, signal: AbortSignal): Promise<Receipt>;
  /** The vendor's clocks, one for each server, where the vendor tells them. A server that does not answer is left out. */
  clocks?(signal: AbortSignal): Promise<readonly VendorClock[]>;
  /**
   * Cuts off much access with few calls, where the vendor has such calls. It is fast and coarse and gives no receipt: afterwards
   * each lease is revoked as always. It does no harm when it runs again, and gives nobody anything. Undefined when there is nothing
   * to cut off at once.
   */
  cutOff?(cut: CutOff<Target>, signal: AbortSignal): Promise<CutOffResult | undefined>;
  /**
   * The pieces of what a target gives, so that use can be compared with what was granted. It calls no vendor. Empty when the vendor does not tell
   * the use of pieces.
   */
  usableParts(target: Target): readonly UsablePart[];
  /**
   * Reads what was done with a lease, as far as the vendor tells. It changes nothing and never returns what somebody wrote, such as the text of a
   * statement. When the vendor, a missing permission or a missing extension hides it, the result is `unknown` with a sentence that says why. What is not
   * certain is never said to be not used.
   */
  readUse(query: UseQuery<Target>, signal: AbortSignal): Promise<Use>;
  /**
   * Compares the permissions of Curfew's own credential with what the duty needs at these targets. It changes nothing: it only
   * reads, and the page of the provider lists its calls.
   */
  preflight(input: PreflightInput<Target>, signal: AbortSignal): Promise<Preflight>;
}

/**
 * A provider whose client can only list and remove: what the reaper works with. Nothing in it grants, and its client refuses to send
 * any call that would. Its credential has no more permissions than the vendor makes necessary for that (docs/providers.md).
 */
export type Remover<Target = unknown> = Pick<
  Provider<Target>,
  | 'name'
  | 'parseTarget'
  | 'targetKey'
  | 'ladder'
  | 'ownObject'
  | 'listManaged'
  | 'endManaged'
  | 'clocks'
  | 'ensureAbsent'
  | 'preflight'
>;
