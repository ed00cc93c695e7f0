import type { LeaseId } from '../../core/ids.ts';
import type { Entry, FakeLevel, MarkLevels } from './log.ts';

export type FakeHolding = Readonly<{ id: string; target: string; level: FakeLevel }>;
export type FakeMark = Readonly<{ id: string; target: string; lease: LeaseId; endsAt: number }> & MarkLevels;

/** One time that somebody used a level of a target. */
export type FakeUse = Readonly<{ id: string; target: string; level: FakeLevel; at: number }>;

export type VendorState = Readonly<{
  accounts: ReadonlyMap<string, string>; // id -> name
  targets: ReadonlySet<string>;
  holdings: readonly FakeHolding[];
  marks: readonly FakeMark[];
  pendingFaults: ReadonlyMap<string, Extract<Entry, { op: 'fault-set' }>>;
  readsFrozen: boolean;
  uses: readonly FakeUse[];
  /** The vendor does not tell what was used. */
  useHidden: boolean;
}>;

/** Computes the vendor's state from its log. */
export function stateOf(entries: readonly Entry[]): VendorState {
  const accounts = new Map<string, string>();
  const targets = new Set<string>();
  const holdings = new Map<string, FakeHolding>();
  const marks = new Map<LeaseId, FakeMark>();
  const pendingFaults = new Map<string, Extract<Entry, { op: 'fault-set' }>>();
  const uses: FakeUse[] = [];
  let readsFrozen = false;
  let useHidden = false;
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
        // A target that is made again under the same name is another one, and nobody has access to it.
        for (const [key, one] of holdings) if (one.target === entry.target) holdings.delete(key);
        for (const [lease, mark] of marks) if (mark.target === entry.target) marks.delete(lease);
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
      case 'used':
        uses.push(entry);
        break;
      case 'use-hidden':
      case 'use-shown':
        useHidden = entry.op === 'use-hidden';
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
    uses,
    useHidden,
  };
}

export const levelIn = ({ holdings }: VendorState, id: string, target: string): FakeLevel =>
  holdings.find((one) => one.id === id && one.target === target)?.level ?? 'none';
