import { expect } from '@jest/globals';
import { FAULTS, Fault, type FaultCode } from '../../../core/faults.ts';
import { clickIdOf, leaseIdOf, requestIdOf, type Instant, type LeaseId } from '../../../core/ids.ts';
import type { Intent, Level, Provider, Remover } from '../../../providers/provider.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export type Effect = () => Promise<void> | void;

/** Reads and changes the vendor directly, without the provider. */
export type VendorControl<T> = Readonly<{
  /** What the account really has. For own objects: `present` while the intent's own object exists. */
  level(intent: Intent<T>): Promise<Level>;
  /**
   * Everything at the vendor that Curfew did not create: other people, other objects. It is compared before and
   * after.
   */
  everythingElse(): Promise<unknown>;
  /** Sets standing access, as an administrator would. Not for own objects. */
  setLevel?(level: Level): Promise<void>;
  /** Deletes the account and creates another with the same name. */
  recreateAccount?: Effect;
  /** Renames the account and creates another with the old name. */
  renameAccount?: Effect;
  deleteAccount?: Effect;
  deleteTarget?: Effect;
  /** Renames the target and creates another with the old name. */
  renameTarget?: Effect;
  /** Deletes the target and creates another with the same name. */
  recreateTarget?: Effect;
  /** Renames the owner of the target: the organization, the account, the server. */
  renameOwner?: Effect;
  /** Deletes what the intent granted, as an administrator would. */
  deleteGranted(intent: Intent<T>): Promise<void>;
  /** Gives the person the same access again, as an administrator would. */
  grantAgain?(intent: Intent<T>): Promise<void>;
  /** Changes what the intent granted without deleting it, as an administrator would. Returns what it is now. */
  changeGranted?(intent: Intent<T>): Promise<unknown>;
  /** Gives so many other accounts access that they do not fit on one page. */
  fillTarget?: Effect;
  /** Does something with what the intent granted, as its holder would. */
  use?(intent: Intent<T>): Promise<void>;
  /** From now on the vendor does not tell what was used. */
  hideUse?: Effect;
  /** What the intent granted, as it is now. */
  readGranted?(intent: Intent<T>): Promise<unknown>;
}>;

/** Simulates faults. Each fault applies to the next matching call only. */
export type FaultControl = Readonly<{
  /** F13: the write happens, and its answer is lost. */
  failNextWriteAfterApplying: Effect;
  /** F12: the connection ends before the write happens. */
  failNextWriteBeforeApplying: Effect;
  /** F14: the vendor confirms the write, and the write does not happen. */
  ignoreNextWrite?: Effect;
  /**
   * F14: the vendor confirms the next write, and carries it out when the returned effect runs. Until then nothing has
   * changed.
   */
  lateNextWrite?(): Effect;
  /** F15: reads show the old state until `freshReads`. */
  staleReads?: Effect;
  freshReads?: Effect;
  /** F11: returns the wait that the vendor states, or undefined when it states none. */
  throttleNextCall?(): Promise<number | undefined> | number | undefined;
  /** F11: the next call is refused, and the vendor names this wait, in milliseconds. */
  throttleNextCallFor?(waitMs: number): Promise<void> | void;
  /** F16: the vendor answers the next write with its own error for two changes at the same time. */
  conflictNextWrite?: Effect;
  /** F33: from now on the vendor refuses what the credential may not do any more. Returns the way to undo it. */
  narrowCredential?(): Promise<Effect> | Effect;
  /** F33: the same, right after the vendor applied the next write. Returns the way to undo it. */
  narrowAfterNextWrite?(): Effect;
  /** Runs an effect after the vendor applied the next write, and before it answers the next read. */
  beforeReadBack?(effect: Effect): void;
  /** The next call gets no answer. `reached` settles when the vendor has received the call. */
  hangNextCall(): Readonly<{ reached: Promise<unknown> }>;
}>;

export type ProviderFixture<T> = Readonly<{
  provider: Provider<T>;
  account: string;
  target: T;
  vendor: VendorControl<T>;
  faults: FaultControl;
  /** What the reaper works with at the same vendor, with a credential of its own where the vendor has one. */
  remover?: Remover<T>;
  /** The same provider with a credential that has too few permissions. */
  underprivileged?: Provider<T>;
  /** Stops what this fixture started. */
  stop?: Effect;
}>;

/** Cases that a provider may leave out, each with the reason why the case does not apply. */
export type Exempt = Partial<
  Record<
    | 'standing'
    | 'account'
    | 'target-deleted'
    | 'target-renamed'
    | 'ignored-write'
    | 'stale'
    | 'throttled'
    | 'marks'
    | 'preflight'
    | 'target-recreated'
    | 'owner'
    | 'read-back'
    | 'found'
    | 'changed'
    | 'throttled-long'
    | 'conflict'
    | 'narrowed'
    | 'narrowed-after'
    | 'late-write'
    | 'pages'
    | 'use',
    string
  >
>;

const noon = Date.UTC(2027, 0, 2, 12) as Instant;
let made = 0;

/** A new lease id: unique in this process, and very probably everywhere. */
export function newLease(): LeaseId {
  made += 1;
  const uuid = crypto.randomUUID();
  return leaseIdOf(requestIdOf(clickIdOf(uuid)), made % 10);
}

/** An intent to grant the target's level, as the activity builds it from the observation. */
export async function intentFor<T>(
  fixture: ProviderFixture<T>,
  over: Partial<Intent<T>> = {},
): Promise<Intent<T>> {
  const { provider, account, target } = fixture;
  const { subject, target: found } = await provider.observe({ account, target }, neverAborts);
  const secret = provider.needsSecret ? { secret: `s3cret-${crypto.randomUUID()}` } : {};
  return {
    lease: newLease(),
    subject,
    target: found,
    level: provider.level(target),
    endsAt: noon,
    ...secret,
    ...over,
  };
}

/** The same lease, to be revoked down to the level that remains. */
export const revoking = <T>(intent: Intent<T>, remains: Level = 'none'): Intent<T> => ({
  ...intent,
  level: remains,
});

/** Runs a call that must throw a `Fault`, and returns the fault. */
export async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof Fault) return outcome.error;
  if ('error' in outcome) throw new Error('threw something that is not a Fault', { cause: outcome.error });
  throw new Error(`expected a Fault, got ${JSON.stringify(outcome.value)}`);
}

export const code = async (call: Promise<unknown>): Promise<FaultCode> => (await faultOf(call)).code;

/** For a call whose answer may be lost. It must succeed or throw a fault that is retried. */
export async function allowTransientFault(call: Promise<unknown>): Promise<void> {
  const failed = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed === undefined) return;
  if (!(failed instanceof Fault)) throw failed;
  expect(FAULTS[failed.code]).toMatchObject({ retry: true });
}

export function required<F>(part: F | undefined, what: string): F {
  if (part === undefined)
    throw new Error(`this fixture has no ${what}: add it, or exempt the case with a reason`);
  return part;
}

/** Declares one case. `key` is the case's name in `Exempt`. */
export type It<T> = (
  title: string,
  run: (fixture: ProviderFixture<T>) => Promise<void>,
  key?: keyof Exempt,
) => void;
