import type { LeaseId } from '../../core/ids.ts';
import type { Entry, Rung } from './log.ts';

export type Held = Readonly<{ id: string; target: string; level: Rung }>;
export type Marked = Readonly<{ id: string; target: string; lease: LeaseId; end: number }>;

export type VendorState = Readonly<{
  accounts: ReadonlyMap<string, string>; // id -> name
  targets: ReadonlySet<string>;
  held: readonly Held[];
  marks: readonly Marked[];
  switches: ReadonlyMap<string, Extract<Entry, { op: 'switch-thrown' }>>;
  frozen: boolean;
}>;

/** Adds up a log. */
export function stateOf(entries: readonly Entry[]): VendorState {
  const accounts = new Map<string, string>();
  const targets = new Set<string>();
  const held = new Map<string, Held>();
  const marks = new Map<LeaseId, Marked>();
  const switches = new Map<string, Extract<Entry, { op: 'switch-thrown' }>>();
  let frozen = false;
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
        held.set(`${entry.id} ${entry.target}`, entry);
        break;
      case 'marked':
        marks.set(entry.lease, entry);
        break;
      case 'unmarked':
        marks.delete(entry.lease);
        break;
      case 'switch-thrown':
        switches.set(entry.switchId, entry);
        break;
      case 'switch-spent':
        switches.delete(entry.switchId);
        break;
      case 'reads-frozen':
      case 'reads-fresh':
        frozen = entry.op === 'reads-frozen';
        break;
    }
  }
  const there = (of: { id: string; target: string }) => accounts.has(of.id) && targets.has(of.target);
  return {
    accounts,
    targets,
    held: [...held.values()].filter((one) => there(one) && one.level !== 'none'),
    marks: [...marks.values()].filter(there),
    switches,
    frozen,
  };
}

export const levelIn = ({ held }: VendorState, id: string, target: string): Rung =>
  held.find((one) => one.id === id && one.target === target)?.level ?? 'none';
