import { randomUUID } from 'node:crypto';
import type { AccessLog, Rung, Switch } from './log.ts';
import { levelIn, stateOf, type VendorState } from './state.ts';

/**
 * The vendor's own side: people edit it, tests read it and throw its switches. A provider talks to it
 * through `fakeApi`, where the switches bite.
 */
export type FakeVendor = Readonly<{
  log: AccessLog;
  /** The truth now, whatever reads are made to show. */
  state(): VendorState;
  makeAccount(name: string): string;
  renameAccount(name: string, to: string): void;
  deleteAccount(name: string): void;
  makeTarget(target: string): void;
  deleteTarget(target: string): void;
  /** Sets a level by hand; the log says who. */
  setLevel(name: string, target: string, level: Rung, by?: string): void;
  levelOf(name: string, target: string): Rung;
  /** Throws a switch: it bites the next call of its kind, in whichever process that is, and is spent. */
  throwSwitch(thrown: Switch, on?: 'read' | 'write' | 'any'): string;
  /** True once a call met the switch. */
  isSpent(switchId: string): boolean;
  /** From now on reads show what is there at this moment, until `freshen`. */
  freeze(): void;
  freshen(): void;
}>;

/**
 * @param log `memoryLog()` within one process, `fileLog(path)` where several must see the same vendor
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
    setLevel(name, target, level, by = 'by hand') {
      const id = idOf(name);
      if (id) log.append({ at: now(), op: 'level-set', id, target, level, by });
    },
    levelOf: (name, target) => levelIn(state(), idOf(name) ?? '', target),
    throwSwitch(thrown, on = 'any') {
      const switchId = randomUUID();
      log.append({ at: now(), op: 'switch-thrown', switchId, on, thrown });
      return switchId;
    },
    isSpent: (switchId) =>
      log.read().some((entry) => entry.op === 'switch-spent' && entry.switchId === switchId),
    freeze: () => log.append({ at: now(), op: 'reads-frozen' }),
    freshen: () => log.append({ at: now(), op: 'reads-fresh' }),
  };
}
