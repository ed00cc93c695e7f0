import { expect } from '@jest/globals';
import { FAULTS, Fault, type FaultCode } from '../../../core/faults.ts';
import { clickIdOf, leaseIdOf, requestIdOf, type Instant, type LeaseId } from '../../../core/ids.ts';
import type { Intent, Level, Provider } from '../../../providers/provider.ts';

export type Effect = () => Promise<void> | void;

/** The vendor, looked at and edited behind the provider's back. Ground truth: never through the provider. */
export type VendorControl<T> = Readonly<{
  /** What the account really has. For own objects: `present` while the intent's own object is there. */
  level(intent: Intent<T>): Promise<Level>;
  /** Everything at the vendor that is not ours: other people, other objects. Compared before and after. */
  everythingElse(): Promise<unknown>;
  /** Gives or takes standing access by hand. Not for own objects. */
  setLevel?(level: Level): Promise<void>;
  /** Deletes the account and makes another of the same name. */
  recreateAccount?: Effect;
  /** Calls the same account something else, and makes another that takes its name. */
  renameAccount?: Effect;
  deleteAccount?: Effect;
  deleteTarget?: Effect;
  /** Calls the target something else, and makes another that takes its name. */
  renameTarget?: Effect;
  /** Takes away by hand what the intent gave. */
  deleteGranted(intent: Intent<T>): Promise<void>;
}>;

/** Trouble on demand. Each switch works once, on the next matching call, and is spent. */
export type FaultControl = Readonly<{
  /** F13: the write happens, its answer is lost. */
  failNextWriteAfterApplying: Effect;
  /** F12: the connection ends before the write happens. */
  failNextWriteBeforeApplying: Effect;
  /** F14: the write is answered as done and never happens. */
  swallowNextWrite?: Effect;
  /** F15: reads show what was there before, until `freshReads`. */
  staleReads?: Effect;
  freshReads?: Effect;
  /** F11: returns the wait that the vendor states, or undefined where it states none. */
  throttleNextCall?(): Promise<number | undefined> | number | undefined;
  /** The next call gets no answer; `reached` settles once the vendor has the call. */
  hangNextCall(): Readonly<{ reached: Promise<unknown> }>;
}>;

export type ProviderFixture<T> = Readonly<{
  provider: Provider<T>;
  account: string;
  target: T;
  vendor: VendorControl<T>;
  faults: FaultControl;
  /** The same provider with a credential that may do too little. */
  underprivileged?: Provider<T>;
  /** Stops what this rig started. */
  stop?: Effect;
}>;

/** Cases that may be left out, each with the reason why the vendor has no such thing. */
export type Exempt = Partial<
  Record<
    | 'standing'
    | 'account'
    | 'target-deleted'
    | 'target-renamed'
    | 'swallowed'
    | 'stale'
    | 'throttled'
    | 'marks'
    | 'preflight',
    string
  >
>;

const noon = Date.UTC(2027, 0, 2, 12) as Instant;
export const neverAborts = new AbortController().signal;
let made = 0;

/** A lease id nobody has used yet in this process, and unlikely elsewhere. */
export function newLease(): LeaseId {
  made += 1;
  const uuid = crypto.randomUUID();
  return leaseIdOf(requestIdOf(clickIdOf(uuid)), made % 10);
}

/** An intent to give what the target asks for, as the activity would build it from the observation. */
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

/** The same lease, now to be taken away down to what remains. */
export const revoking = <T>(intent: Intent<T>, remains: Level = 'none'): Intent<T> => ({
  ...intent,
  level: remains,
});

/** Runs a call that must throw a `Fault`, and hands the fault over. */
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

/** A call whose answer may be lost: it either throws a fault that is worth a retry, or it succeeded. */
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
    throw new Error(`this rig has no ${what}: give it one, or exempt the case with a reason`);
  return part;
}

/** Declares one case. `key` names what a provider may be exempt from. */
export type It<T> = (
  title: string,
  run: (fixture: ProviderFixture<T>) => Promise<void>,
  key?: keyof Exempt,
) => void;
