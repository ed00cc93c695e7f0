import type { Brand } from '../core/ids.ts';
import { UserFacingError } from './errors.ts';

/** The address of a server on this machine, as a URL or as host:port. Only `onThisMachine` makes one. */
export type LocalAddress = Brand<string, 'LocalAddress'>;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;
/** Postgres can listen on a socket in a folder. */
const FOLDER = /^(\/|%2f)/i;

/**
 * Whether only programs of this machine can listen at this address, a URL or host:port. The whole name counts:
 * `localhost.example.com` is another machine.
 */
export function isOnThisMachine(address: string): boolean {
  const host = hostOf(address);
  return LOOPBACK.test(host) || FOLDER.test(host);
}

/** Throws for an address of another machine. The error does not hold the address, which may have a password. */
export function onThisMachine(address: string): LocalAddress {
  if (isOnThisMachine(address)) return address as LocalAddress;
  throw new UserFacingError(
    'The demo uses only servers on this machine, and one of its addresses is that of another machine.\n  to do: stop the demo, delete connections.json in its folder (CURFEW_HOME), and run "npm start" again.',
  );
}

function hostOf(address: string): string {
  if (!address.includes('://')) return address.replace(/:\d+$/, '');
  if (!URL.canParse(address)) return '';
  const { protocol, hostname, searchParams } = new URL(address);
  // The driver of Postgres prefers the last `host` of the query to the host of the URL.
  const named = /^postgres(ql)?:$/.test(protocol) ? searchParams.getAll('host').at(-1) : undefined;
  return named || hostname;
}
