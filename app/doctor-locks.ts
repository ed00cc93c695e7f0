import type { Finding } from './findings.ts';
import type { Deps } from '../requests/deps.ts';
import { permanentRoles } from '../policy/index.ts';
import { readLeavers } from '../requests/leavers.ts';

/** What keeps people from access, or keeps access from ending, until somebody decides: locks, and people who seem to have left. */
export async function examineLocks(deps: Deps): Promise<readonly Finding[]> {
  const part = 'locks';
  try {
    const locks = await deps.ledger.readLocks();
    const leavers = await readLeavers(deps);
    // A role that ends can be over before its holder lifts the lock, so it does not count here.
    const policy = await deps.policy.lastKnown();
    const security = [...(policy?.directory.people.keys() ?? [])].filter(
      (person) => policy && permanentRoles(policy, person).includes('security'),
    );
    const most = Math.max(0, ...locks.map(({ lock }) => lock?.needs ?? 0));
    return [
      ...(locks.length === 0
        ? []
        : [finding(part, 'note', `${locks.length} locked: "curfew locks list" shows what and by whom.`)]),
      ...(most > security.length
        ? [
            finding(
              part,
              'warning',
              `A lock needs ${most} people to lift it, and "security" in catalogue.yaml names ${security.length} active people. Add people there.`,
            ),
          ]
        : []),
      ...(leavers.areHeld
        ? [
            finding(
              part,
              'warning',
              `${leavers.people.length} of ${leavers.of} people who have or wait for access seem to have left, so nothing of theirs is ended. Mend people.yaml, or confirm it with "curfew end --leavers".`,
            ),
          ]
        : []),
    ];
  } catch {
    return []; // The ledger or the policy does not answer, which is a finding of its own.
  }
}

const finding = (part: string, state: Finding['state'], what: string): Finding => ({ part, state, what });
