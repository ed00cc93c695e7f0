import { randomUUID } from 'node:crypto';
import type { AccessLog, FakeLevel, FakeFault } from './log.ts';
import { levelIn, stateOf, type VendorState } from './state.ts';

/**
 * The vendor's own side. People change it, and tests read it and set faults. A provider calls the vendor
 * through `fakeApi`, which applies the faults.
 */
export type FakeVendor = Readonly<{
  log: AccessLog;
  /** The real state now, also while reads are frozen. */
  state(): VendorState;
  makeAccount(name: string): string;
  renameAccount(name: string, to: string): void;
  deleteAccount(name: string): void;
  makeTarget(target: string): void;
  deleteTarget(target: string): void;
  /** Sets a level directly, as an administrator would. The log says who did it. */
  setLevel(name: string, target: string, level: FakeLevel, by?: string): void;
  levelOf(name: string, target: string): FakeLevel;
  /** The account does something for which it needs this level. */
  use(name: string, target: string, level: FakeLevel): void;
  /** From now on the vendor does not tell what was used, or tells it again. */
  hideUse(hidden?: boolean): void;
  /** Sets a fault. It applies to the next call of its kind, in any process, and to no other. */
  setFault(fault: FakeFault, on?: 'read' | 'write' | 'any'): string;
  /** True after the fault was applied to a call. */
  isApplied(faultId: string): boolean;
  /** Reads show the state of this moment until `unfreezeReads`. */
  freezeReads(): void;
  unfreezeReads(): void;
}>;

/**
 * @param log `memoryLog()` for one process, `fileLog(path)` when several processes share the vendor
 * @param now milliseconds since 1970
 */
export function fakeVendor(log: AccessLog, now: () => number = Date.now): FakeVendor {
  const state = () => stateOf(log.read());
  const idOf = (name: string): string | undefined =>
    [...state().accounts].find(([, called]) => called === name)?.[0];
  return {
    log,
    state,
    makeAccount(name) {
      const id = `fake-${randomUUID()}`;
      log.append({ at: now(), op: 'account-made', name, id });
      return id;
    },
    renameAccount(name, to) {
      const id = idOf(name);
      if (id) log.append({ at: now(), op: 'account-renamed', name: to, id });
    },
    deleteAccount(name) {
      const id = idOf(name);
      if (id) log.append({ at: now(), op: 'account-deleted', id });
    },
    makeTarget: (target) => log.append({ at: now(), op: 'target-made', target }),
    deleteTarget: (target) => log.append({ at: now(), op: 'target-deleted', target }),
    setLevel(name, target, level, by = 'administrator') {
      const id = idOf(name);
      if (id) log.append({ at: now(), op: 'level-set', id, target, level, by });
    },
    levelOf: (name, target) => levelIn(state(), idOf(name) ?? '', target),
    use(name, target, level) {
      const id = idOf(name);
      if (id) log.append({ at: now(), op: 'used', id, target, level });
    },
    hideUse: (hidden = true) => log.append({ at: now(), op: hidden ? 'use-hidden' : 'use-shown' }),
    setFault(fault, on = 'any') {
      const faultId = randomUUID();
      log.append({ at: now(), op: 'fault-set', faultId, on, fault });
      return faultId;
    },
    isApplied: (faultId) =>
      log.read().some((entry) => entry.op === 'fault-applied' && entry.faultId === faultId),
    freezeReads: () => log.append({ at: now(), op: 'reads-frozen' }),
    unfreezeReads: () => log.append({ at: now(), op: 'reads-unfrozen' }),
  };
}
