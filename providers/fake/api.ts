import type { LeaseId } from '../../core/ids.ts';
import { Fault } from '../../core/faults.ts';
import type { Entry, Rung, Switch } from './log.ts';
import { levelIn, stateOf, type VendorState } from './state.ts';
import type { FakeVendor } from './vendor.ts';

/** What the provider may call, each as one request over a wire that the vendor's switches can cut. */
export type FakeApi = Readonly<{
  read(signal: AbortSignal): Promise<VendorState>;
  setLevel(id: string, target: string, level: Rung, by: LeaseId, signal: AbortSignal): Promise<void>;
  mark(id: string, target: string, lease: LeaseId, end: number, signal: AbortSignal): Promise<void>;
  unmark(lease: LeaseId, signal: AbortSignal): Promise<void>;
}>;

export function fakeApi(vendor: FakeVendor, now: () => number = Date.now): FakeApi {
  const write = async (entry: Entry, signal: AbortSignal): Promise<void> => {
    const met = await applyNextFault(vendor, now, 'write', signal);
    if (met !== 'swallow' && changes(vendor.state(), entry)) vendor.log.append(entry);
    if (met === 'lose-answer') throw new Fault('provider-unavailable', 'fake: the answer was lost');
  };
  return {
    async read(signal) {
      await applyNextFault(vendor, now, 'read', signal);
      return shown(vendor.log.read());
    },
    setLevel: (id, target, level, by, signal) =>
      write({ at: now(), op: 'level-set', id, target, level, by }, signal),
    mark: (id, target, lease, end, signal) =>
      write({ at: now(), op: 'marked', id, target, lease, end }, signal),
    unmark: (lease, signal) => write({ at: now(), op: 'unmarked', lease }, signal),
  };
}

/** A call that changes nothing is answered and leaves no trace, so the log holds effects only. */
function changes(state: VendorState, entry: Entry): boolean {
  switch (entry.op) {
    case 'level-set':
      return levelIn(state, entry.id, entry.target) !== entry.level;
    case 'marked':
      return !state.marks.some((mark) => mark.lease === entry.lease && mark.end === entry.end);
    case 'unmarked':
      return state.marks.some((mark) => mark.lease === entry.lease);
    default:
      return true;
  }
}

/** What reads show: the truth, or what was true when the reads were frozen. */
function shown(entries: readonly Entry[]): VendorState {
  const truth = stateOf(entries);
  if (!truth.frozen) return truth;
  return stateOf(
    entries.slice(
      0,
      entries.findLastIndex(({ op }) => op === 'reads-frozen'),
    ),
  );
}

/** Lets the next thrown switch of this kind bite, and spends it. */
async function applyNextFault(
  vendor: FakeVendor,
  now: () => number,
  kind: 'read' | 'write',
  signal: AbortSignal,
): Promise<Switch['kind'] | undefined> {
  if (signal.aborted) throw new Fault('provider-unavailable', 'fake: called off');
  const met = [...vendor.state().switches.values()].find(({ on }) => on === 'any' || on === kind);
  if (!met) return undefined;
  vendor.log.append({ at: now(), op: 'switch-spent', switchId: met.switchId });
  switch (met.thrown.kind) {
    case 'throttle': {
      const { retryAfterMs } = met.thrown;
      throw new Fault(
        'provider-throttled',
        'fake: slow down',
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
      return met.thrown.kind;
  }
}
