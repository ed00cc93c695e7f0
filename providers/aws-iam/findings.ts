import type { Permission, PreflightInput } from '../provider.ts';
import type { IamAccount } from './account.ts';
import type { Principal } from './principal.ts';
import type { Answer } from './simulation.ts';
import type { AwsIamTarget } from './target.ts';

/** How many users, other groups and roles a preflight asks about. More would need more calls and say little more. */
export const SAMPLE = 20;

/** Asks IAM's simulation. `boundary` is the permissions boundary of the users or roles that the resources are. */
export type Ask = (
  actions: readonly string[],
  resources: readonly string[],
  boundary?: string,
) => Promise<Answer>;
/** What a preflight knows when it checks the permissions. */
export type PreflightReads = PreflightInput<AwsIamTarget> &
  Readonly<{ principal: Principal; account: IamAccount; ask: Ask }>;

export const missing = (what: string): Permission => ({ severity: 'missing', what });
export const excess = (what: string): Permission => ({ severity: 'excess', what });
export const unknown = (what: string): Permission => ({ severity: 'unknown', what });

/** `ana, bo, cy and 4 more`. */
export function namesOf(named: readonly Readonly<{ name: string }>[]): string {
  const names = named
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ');
  return named.length > 3 ? `${names} and ${named.length - 3} more` : names;
}

/** A sentence for an action without which everything works, except that nobody sees what was done with access. */
export const useUnknownWithout = (action: string): string =>
  `Without ${action}, the use of access is unknown.`;
