import type { Instant, LeaseId } from '../core/ids.ts';
import type { Result } from '../core/result.ts';

/**
 * How an end is enforced when nobody is awake. A: the provider checks the end at every call.
 * B: the end is in the credential. C: only Curfew takes it away.
 */
export type EnforcementClass = 'A' | 'B' | 'C';

/**
 * The account at the provider. `id` is the vendor's immutable id: a deleted and recreated account of
 * the same name has another id, and is another person. `name` is what the vendor's API is called with.
 */
export type Subject = Readonly<{ id: string; name: string }>;

/**
 * What one person has at one target: a rung of the target's ladder (`ladder(target)`), whose first
 * rung is `none`. For objects made for one lease (an IAM policy, a Postgres role) the ladder is
 * `none`, `present`, and the holding is the lease's own.
 */
export type Level = string;

/**
 * What the person had when we looked, however they came by it: the holding's prior state. `target` is what was
 * asked about, with the vendor's own id in it where there is one; from then on that one is meant.
 */
export type Observation<Target> = Readonly<{ subject: Subject; level: Level; target: Target; note?: string }>;

/**
 * One person, one target, one window of time, and the level that must hold when the call returns.
 * For `ensureAbsent` it is what remains: the prior level, joined with the person's other live leases.
 */
export type Intent<Target> = Readonly<{
  lease: LeaseId;
  subject: Subject;
  target: Target;
  level: Level;
  endsAt: Instant;
  /** Made and sealed before the first write, the same on every try; only for `needsSecret` providers. */
  secret?: string;
}>;

/** Proof that the vendor's state was read back. `seen` is what it showed; no secrets. */
export type Receipt = Readonly<{ level: Level; seen: string; note?: string }>;

/** Plain words for a card, and the exact permissions behind them. */
export type Description = Readonly<{ plain: string; permissions: readonly string[] }>;

/** Something at the vendor that carries our mark. `end` is read from the object itself, where it has room. */
export type Managed = Readonly<{ lease: LeaseId; subject: string; what: string; endsAt?: Instant }>;

/** Are our own rights exactly enough? */
export type Preflight = Readonly<{
  ok: boolean;
  missing: readonly string[];
  excess: readonly string[];
  note: string;
}>;

/**
 * A system we can grant access in.
 *
 * `ensurePresent` and `ensureAbsent` mean "make it so", not "do it once". They may run twice, at the
 * same time, or again after a crash half-way, and must still leave the vendor in the named state. They
 * return only after reading that state back. Errors are `Fault`s: throttling is `provider-throttled`
 * with the vendor's own wait, a timeout is `provider-unavailable` (unknown, so read back), and 404 on
 * removal is success.
 *
 * `ensurePresent` never lowers what is there and `ensureAbsent` never raises it: what somebody changed
 * by hand meanwhile is drift, to be shown and not to be undone. Both write even when a read shows the
 * wanted level already, because a read may be older than an earlier attempt's write.
 */
export interface Provider<Target = unknown> {
  readonly name: string;
  /** How long a read may lag behind a write, in milliseconds. */
  readonly consistencyWindowMs: number;
  /** Calls a minute that this vendor bears; for those who do many at once. */
  readonly rateBudget: number;
  /** True when a lease here comes with a password that is delivered once. */
  readonly needsSecret: boolean;

  /** Reads a catalogue entry's target. The error is a sentence that names the field. */
  parseTarget(json: unknown): Result<Target, string>;
  /** Equal for two targets exactly when they are the same thing at the vendor, whatever the level. */
  targetKey(target: Target): string;
  /** Equal for the spellings of one target by one name: where changes to it wait for each other. */
  lockKey(target: Target): string;
  /** The rungs, lowest first, `none` at index 0. */
  ladder(target: Target): readonly Level[];
  /** The rung that this target asks for. */
  level(target: Target): Level;
  /** True when every lease makes an object of its own, so that leases never share a holding. */
  ownObject(target: Target): boolean;
  enforcementClass(target: Target): EnforcementClass;
  /** How long a session opened before the end may live on, in milliseconds; 0 when removal cuts it, Infinity when nothing does. */
  residualSessionMs(target: Target): number;
  describe(target: Target): Description;

  /** What its holder needs to use the secret of a lease, as text to be shown once; for `needsSecret` providers. */
  credential?(lease: LeaseId, target: Target, secret: string): string;

  /**
   * What the account has now. Asked once, as its own recorded step, before the first write: after a
   * lost reply nobody can tell "we added it" from "it was there". `account` is the person's name at
   * the vendor. Throws `subject-missing` or `target-missing`.
   */
  observe(holding: { account: string; target: Target }, signal: AbortSignal): Promise<Observation<Target>>;
  ensurePresent(intent: Intent<Target>, signal: AbortSignal): Promise<Receipt>;
  ensureAbsent(intent: Intent<Target>, signal: AbortSignal): Promise<Receipt>;
  /** Everything at the vendor that carries our mark. */
  listManaged(signal: AbortSignal): Promise<readonly Managed[]>;
  /** Ends what is already open, where the vendor allows it; returns how many sessions were cut. */
  cutSessions(intent: Intent<Target>, signal: AbortSignal): Promise<number>;
  /** One call that ends many at once, where the vendor has one. */
  bulkCut?(target: Target, signal: AbortSignal): Promise<void>;
  preflight(signal: AbortSignal): Promise<Preflight>;
}
