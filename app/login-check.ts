import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../core/faults.ts';
import type { LedgerRole } from '../ledger/index.ts';
import { type Login, readLogin } from '../ledger/login.ts';
import { roleName } from '../ledger/roles.ts';
import { UserFacingError } from './errors.ts';

/** What a process runs. */
export type Parts = Readonly<{
  gateway: boolean;
  workflows: boolean;
  sweeper: boolean;
  sequencer: boolean;
  streamer: boolean;
  console: boolean;
  providers: readonly string[];
}>;

/** The duties of a process with these parts. The gateway's process also runs the courier. */
export function dutiesOf({
  gateway,
  workflows,
  sweeper,
  sequencer,
  streamer,
  console,
  providers,
}: Parts): readonly LedgerRole[] {
  return [
    ...(gateway ? (['gateway', 'courier'] as const) : []),
    ...(workflows ? (['worker'] as const) : []),
    ...(providers.length > 0 ? (['provider'] as const) : []),
    ...(sweeper ? (['sweeper'] as const) : []),
    ...(sequencer ? (['sequencer'] as const) : []),
    ...(streamer ? (['streamer'] as const) : []),
    ...(console ? (['console'] as const) : []),
  ];
}

/**
 * Why a process must not start with this login, and what to do; undefined when it may. Who owns the tables can rewrite the
 * audit trail, whatever role it acts as, because it can leave that role at any time (T24).
 */
export function loginProblem({ name, isOwner, missing }: Login): string | undefined {
  if (isOwner)
    return [
      `The login "${name}" of DATABASE_URL owns the tables of the ledger, or may act as their owner. A process that owns what it writes does not start.`,
      '  where: DATABASE_URL',
      `  to do: create a login of its own, and leave the owner to "curfew migrate" (CURFEW_MIGRATION_DATABASE_URL):`,
      `    create role curfew_app login password '...' in role ${LEDGER_ROLES_OF_ALL};`,
    ].join('\n');
  if (missing.length > 0)
    return [
      `The login "${name}" of DATABASE_URL may not act as ${missing.map(roleName).join(', ')}.`,
      '  where: DATABASE_URL',
      '  to do: run "curfew migrate", which makes these roles, and then as an administrator of the server:',
      `    grant ${missing.map(roleName).join(', ')} to "${name}";`,
    ].join('\n');
  return undefined;
}

const LEDGER_ROLES_OF_ALL = (
  ['gateway', 'worker', 'provider', 'sweeper', 'courier', 'cli', 'sequencer', 'streamer', 'console'] as const
)
  .map(roleName)
  .join(', ');

const AGAIN_MS = 10_000;

type Check = Readonly<{
  url: string;
  duties: readonly LedgerRole[];
  /** Called each time the ledger does not answer. It is asked again. */
  onUnavailable: (fault: Fault) => void;
  /** Called when the login may do more than it needs. */
  onExcess: (login: Login) => void;
  /** Ends the check of a process that stops. */
  signal: AbortSignal;
}>;

/**
 * Resolves when the ledger says that the login may be used, and rejects when it may not. While the ledger is unavailable, nobody
 * knows, and the process must run to end access (I14), so it asks again until there is an answer.
 */
export async function checkLogin({ url, duties, onUnavailable, onExcess, signal }: Check): Promise<void> {
  while (!signal.aborted) {
    try {
      const login = await readLogin(url, duties);
      const problem = loginProblem(login);
      if (problem !== undefined) throw new UserFacingError(problem);
      if (login.excess.length > 0) onExcess(login);
      return;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      onUnavailable(error);
    }
    await pause(AGAIN_MS, undefined, { ref: false, signal }).catch(() => undefined); // it stops
  }
}
