import { connect } from 'node:net';
import { WAITS } from '../../core/waits.ts';
import type { Permission, Receipt } from '../provider.ts';
import type { Address } from './address.ts';
import type { Database } from './databases.ts';

/**
 * The receipt for a lease at a server that an operator said is gone. It counts only while no connection to the server can be
 * opened: a server that refuses, waits for a lock or is a standby is there. Throws the error of the revoke otherwise.
 */
export async function receiptIfGone(
  { name, address, isGone }: Database,
  signal: AbortSignal,
  error: unknown,
): Promise<Receipt> {
  if (!isGone || (await isReachable(address, signal)) || signal.aborted) throw error;
  return {
    level: 'none',
    seen: `the server of ${name} does not answer, and CURFEW_POSTGRES_GONE says that it is gone`,
  };
}

/** True when something accepts a connection at this address. A host that begins with `/` is the folder of a socket. */
function isReachable({ host, port }: Address, signal: AbortSignal): Promise<boolean> {
  const place = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  return new Promise((resolve) => {
    const socket = connect({ ...place, signal });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.setTimeout(WAITS.targetConnection.ms, () => end(false));
  });
}

/** What the preflight says of a server that answers although an operator said that it is gone. */
export const findingOfGone = ({ isGone }: Database): readonly Permission[] =>
  isGone
    ? [
        {
          severity: 'excess',
          what: 'CURFEW_POSTGRES_GONE says that this server is gone, and it answers. Take its name out of that setting: with it, an outage would count as a receipt',
        },
      ]
    : [];
