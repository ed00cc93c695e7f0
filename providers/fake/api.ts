import type { LeaseId } from '../../core/ids.ts';
import { Fault } from '../../core/faults.ts';
import type { Entry, FakeFault } from './log.ts';
import { levelIn, stateOf, type FakeHolding, type FakeMark, type VendorState } from './state.ts';
import type { FakeVendor } from './vendor.ts';

/** What the provider may call. Each call is one simulated network request, to which the vendor's faults apply. */
export type FakeApi = Readonly<{
  read(signal: AbortSignal): Promise<VendorState>;
  setLevel(change: FakeHolding & Readonly<{ by: LeaseId }>, signal: AbortSignal): Promise<void>;
  mark(mark: FakeMark, signal: AbortSignal): Promise<void>;
  unmark(lease: LeaseId, signal: AbortSignal): Promise<void>;
}>;

export function fakeApi(vendor: FakeVendor, now: () => number = Date.now): FakeApi {
  const write = async (entry: Entry, signal: AbortSignal): Promise<void> => {
    const fault = await applyNextFault(vendor, now, 'write', signal);
    if (fault !== 'ignore-write' && hasEffect(vendor.state(), entry)) vendor.log.append(entry);
    if (fault === 'lose-answer') throw new Fault('provider-unavailable', 'fake: the answer was lost');
  };
  return {
    async read(signal) {
      await applyNextFault(vendor, now, 'read', signal);
      return visibleState(vendor.log.read());
    },
    setLevel: ({ id, target, level, by }, signal) =>
      write({ at: now(), op: 'level-set', id, target, level, by }, signal),
    mark: ({ id, target, lease, endsAt, level, prior }, signal) =>
      write(
        {
          ...{ at: now(), op: 'marked', id, target, lease, endsAt },
          ...(level !== undefined && { level }),
          ...(prior !== undefined && { prior }),
        },
        signal,
      ),
    unmark: (lease, signal) => write({ at: now(), op: 'unmarked', lease }, signal),
  };
}

/** A call that changes nothing succeeds and is not logged, so the log holds only changes. */
function hasEffect(state: VendorState, entry: Entry): boolean {
  switch (entry.op) {
    case 'level-set':
      return levelIn(state, entry.id, entry.target) !== entry.level;
    case 'marked':
      return !state.marks.some((mark) => mark.lease === entry.lease && mark.endsAt === entry.endsAt);
    case 'unmarked':
      return state.marks.some((mark) => mark.lease === entry.lease);
    default:
      return true;
  }
}

/** What reads show: the current state, or the state at the moment when reads were frozen. */
function visibleState(entries: readonly Entry[]): VendorState {
  const current = stateOf(entries);
  if (!current.readsFrozen) return current;
  return stateOf(
    entries.slice(
      0,
      entries.findLastIndex(({ op }) => op === 'reads-frozen'),
    ),
  );
}

/** Applies the next fault that was set for this kind of call. Each fault is applied once. */
async function applyNextFault(
  vendor: FakeVendor,
  now: () => number,
  kind: 'read' | 'write',
  signal: AbortSignal,
): Promise<FakeFault['kind'] | undefined> {
  if (signal.aborted) throw new Fault('provider-unavailable', 'fake: the call was cancelled');
  const pending = [...vendor.state().pendingFaults.values()].find(({ on }) => on === 'any' || on === kind);
  if (!pending) return undefined;
  vendor.log.append({ at: now(), op: 'fault-applied', faultId: pending.faultId });
  switch (pending.fault.kind) {
    case 'throttle': {
      const { retryAfterMs } = pending.fault;
      throw new Fault(
        'provider-throttled',
        'fake: the rate limit is reached',
        retryAfterMs === undefined ? {} : { retryAfterMs },
      );
    }
    case 'refuse-connection':
      throw new Fault('provider-unavailable', 'fake: connection refused');
    case 'forbid':
      throw new Fault('provider-forbidden', 'fake: this credential may not do that');
    case 'hang':
      await new Promise((_, fail) => {
        const off = () => fail(new Fault('provider-unavailable', 'fake: no answer'));
        signal.addEventListener('abort', off, { once: true });
      });
      return undefined;
    default:
      return pending.fault.kind;
  }
}
