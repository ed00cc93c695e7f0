import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../core/faults.ts';
import type { LedgerRole } from '../ledger/index.ts';
import { type Login, readLogin } from '../ledger/login.ts';
import { roleName } from '../ledger/roles.ts';
import { UserFacingError } from './errors.ts';
import { DUTIES } from './parts.ts';

/**
 * Why a process must not start with this login, and what to do; undefined when it may. Who owns the tables can rewrite the
 * audit trail, whatever role it acts as, because it can leave that role at any time (T24).
 */
const ownerProblem = ({ name, isOwner }: Login): string | undefined =>
  isOwner
    ? [
        `The login "${name}" of DATABASE_URL owns the tables of the ledger, or may act as their owner. A process that owns what it writes does not start.`,
        '  where: DATABASE_URL',
        `  to do: create a login of its own, and leave the owner to "curfew migrate" (CURFEW_MIGRATION_DATABASE_URL):`,
        `    create role curfew_app login password '...' in role ${LEDGER_ROLES_OF_ALL};`,
      ].join('\n')
    : undefined;

/** The roles that the login must have and has not, as a problem and what to do. */
export const missingRoles = ({ name, missing }: Login): string | undefined =>
  missing.length > 0
    ? [
        `The login "${name}" of DATABASE_URL may not act as ${missing.map(roleName).join(', ')}.`,
        '  where: DATABASE_URL',
        '  to do: run "curfew migrate", which makes these roles, and then as an administrator of the server:',
        `    grant ${missing.map(roleName).join(', ')} to "${name}";`,
      ].join('\n')
    : undefined;

/** One process for everything shares its login with the command line. */
const LEDGER_ROLES_OF_ALL = [...new Set<LedgerRole>([...Object.values(DUTIES).flat(), 'cli'])]
  .map(roleName)
  .join(', ');

const AGAIN_MS = 10_000;

type Check = Readonly<{
  url: string;
  duties: readonly LedgerRole[];
  /** Called each time the ledger does not answer. It is asked again. */
  onUnavailable: (fault: Fault) => void;
  /** Called with the login that may be used. It may lack a role, or do more than it needs. */
  onLogin: (login: Login) => void;
  /** Ends the check of a process that stops. */
  signal: AbortSignal;
}>;

/**
 * Resolves when the ledger says that the login does not own it, and rejects when it does. While the ledger is unavailable, nobody
 * knows, and the process must run to end access (I14), so it asks again until there is an answer.
 */
export async function checkLogin({ url, duties, onUnavailable, onLogin, signal }: Check): Promise<void> {
  while (!signal.aborted) {
    try {
      const login = await readLogin(url, duties);
      const problem = ownerProblem(login);
      if (problem !== undefined) throw new UserFacingError(problem);
      return onLogin(login);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      onUnavailable(error);
    }
    await pause(AGAIN_MS, undefined, { ref: false, signal }).catch(() => undefined); // it stops
  }
}
