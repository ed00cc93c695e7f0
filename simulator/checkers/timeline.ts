import { type Entry, LADDER } from '../../providers/fake/log.ts';

/** A change of what one account has at one resource. `by` is a lease, or who did it by hand. */
export type Change = Readonly<{ at: number; rank: number; by: string }>;

/** What one account had at one resource at each time, from the vendor's own log. */
export type Timeline = Readonly<{
  account: string;
  owner: string;
  resource: string;
  changes: readonly Change[];
}>;

export const rankOf = (level: string): number => LADDER.findIndex((known) => known === level);
export const levelOf = (rank: number): string => LADDER[rank] ?? 'none';
export const isByHand = ({ by }: Change): boolean => !by.startsWith('lease_');

/** Each account is called like its person, also after a rename. */
const personOf = (account: string): string => account.replace(/(-renamed)+$/, '');

/** The timelines of all accounts, also of those that were deleted. `owner` is the person of the account. */
export function timelinesOf(log: readonly Entry[]): readonly Timeline[] {
  const owners = new Map<string, string>();
  const changes = new Map<string, Change[]>();
  const ordered = [...log].sort((one, other) => one.at - other.at);
  for (const entry of ordered) {
    if (entry.op === 'account-made') owners.set(entry.id, personOf(entry.name));
    if (entry.op === 'level-set')
      add(`${entry.id} ${entry.target}`, { at: entry.at, rank: rankOf(entry.level), by: entry.by });
    if (entry.op === 'account-deleted' || entry.op === 'target-deleted')
      for (const key of changes.keys())
        if (
          key.split(' ')[entry.op === 'account-deleted' ? 0 : 1] ===
          (entry.op === 'account-deleted' ? entry.id : entry.target)
        )
          add(key, { at: entry.at, rank: 0, by: entry.op });
  }
  function add(key: string, change: Change): void {
    changes.set(key, [...(changes.get(key) ?? []), change]);
  }
  return [...changes].map(([key, all]) => {
    const [account = '', resource = ''] = key.split(' ');
    return { account, owner: owners.get(account) ?? account, resource, changes: all };
  });
}

/** The level at a time. */
export const rankAt = ({ changes }: Timeline, at: number): number =>
  changes.findLast((change) => change.at <= at)?.rank ?? 0;
