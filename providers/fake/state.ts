import type { LeaseId } from '../../core/ids.ts';
import type { Entry, FakeLevel, MarkLevels } from './log.ts';

export type FakeHolding = Readonly<{ id: string; target: string; level: FakeLevel }>;
export type FakeMark = Readonly<{ id: string; target: string; lease: LeaseId; endsAt: number }> & MarkLevels;

export type VendorState = Readonly<{
  accounts: ReadonlyMap<string, string>; // id -> name
  targets: ReadonlySet<string>;
  holdings: readonly FakeHolding[];
  marks: readonly FakeMark[];
  pendingFaults: ReadonlyMap<string, Extract<Entry, { op: 'fault-set' }>>;
  readsFrozen: boolean;
}>;

/** Computes the vendor's state from its log. */
export function stateOf(entries: readonly Entry[]): VendorState {
  const accounts = new Map<string, string>();
  const targets = new Set<string>();
  const holdings = new Map<string, FakeHolding>();
  const marks = new Map<LeaseId, FakeMark>();
  const pendingFaults = new Map<string, Extract<Entry, { op: 'fault-set' }>>();
  let readsFrozen = false;
  for (const entry of entries) {
    switch (entry.op) {
      case 'account-made':
      case 'account-renamed':
        accounts.set(entry.id, entry.name);
        break;
      case 'account-deleted':
        accounts.delete(entry.id);
        break;
      case 'target-made':
        targets.add(entry.target);
        break;
      case 'target-deleted':
        targets.delete(entry.target);
        break;
      case 'level-set':
        holdings.set(`${entry.id} ${entry.target}`, entry);
        break;
      case 'marked':
        marks.set(entry.lease, entry);
        break;
      case 'unmarked':
        marks.delete(entry.lease);
        break;
      case 'fault-set':
        pendingFaults.set(entry.faultId, entry);
        break;
      case 'fault-applied':
        pendingFaults.delete(entry.faultId);
        break;
      case 'reads-frozen':
      case 'reads-unfrozen':
        readsFrozen = entry.op === 'reads-frozen';
        break;
    }
  }
  const exists = (of: { id: string; target: string }) => accounts.has(of.id) && targets.has(of.target);
  return {
    accounts,
    targets,
    holdings: [...holdings.values()].filter((one) => exists(one) && one.level !== 'none'),
    marks: [...marks.values()].filter(exists),
    pendingFaults,
    readsFrozen,
  };
}

export const levelIn = ({ holdings }: VendorState, id: string, target: string): FakeLevel =>
  holdings.find((one) => one.id === id && one.target === target)?.level ?? 'none';
