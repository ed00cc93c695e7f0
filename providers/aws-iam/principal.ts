import { Fault } from '../../core/faults.ts';
import { readArn } from './calls.ts';
import type { PreflightApi } from './simulation.ts';

/** Who Curfew's credential is. `unclear` says why its permissions cannot be simulated, and what to do. */
export type Principal = Readonly<{ arn: string; partition: string; account: string }> &
  Readonly<{ kind: 'user' | 'role' | 'root' } | { kind: 'other'; unclear: string }>;

/**
 * Reads who the credential is. A simulation needs the ARN of the user or of the role. The ARN of a role's session has no path,
 * so the role is read, where that is allowed.
 */
export async function readPrincipal(api: PreflightApi, signal: AbortSignal): Promise<Principal> {
  const caller = await api.caller(signal);
  const { partition, account = '' } = readArn(caller);
  const [type, name = ''] = (caller.split(':')[5] ?? '').split('/');
  const where = { partition, account };
  if (type === 'root') return { ...where, kind: 'root', arn: caller };
  if (type === 'user') return { ...where, kind: 'user', arn: caller };
  if (type !== 'assumed-role')
    return {
      ...where,
      kind: 'other',
      arn: caller,
      unclear: `${caller} is neither a user nor a role. Use one of them for Curfew`,
    };
  return {
    ...where,
    kind: 'role',
    arn: (await readRole(api, name, signal)) ?? `arn:${partition}:iam::${account}:role/${name}`,
  };
}

/** Undefined when the role may not be read. Most roles have no path, and then their ARN is known without it. */
async function readRole(api: PreflightApi, name: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await api.roleArn(name, signal);
  } catch (error) {
    if (error instanceof Fault && error.code === 'provider-forbidden') return undefined;
    throw error;
  }
}
