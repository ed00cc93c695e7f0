import pg from 'pg';
import { Fault, type FaultCode, messageOf } from '../../core/faults.ts';

// SQLSTATE codes, from Postgres's appendix "Error Codes". Complete codes are checked before classes.
const CODES: Readonly<Record<string, FaultCode>> = {
  '53300': 'provider-throttled', // too many connections
  '42501': 'provider-forbidden', // insufficient privilege
  '28000': 'provider-forbidden', // Curfew's own login is refused
  '28P01': 'provider-forbidden',
  '3D000': 'target-missing', // no such database
  '40001': 'provider-unavailable',
  '40P01': 'provider-unavailable', // deadlock
  '55P03': 'provider-unavailable', // lock not available
  '42710': 'provider-unavailable', // another attempt has just created it
  '23505': 'provider-unavailable',
  '25006': 'provider-unavailable', // read-only: a standby, or a server during a failover
  XX000: 'provider-unavailable', // "tuple concurrently updated": two writers of one role
};
const CLASSES: Readonly<Record<string, FaultCode>> = {
  '08': 'provider-unavailable',
  '53': 'provider-unavailable', // out of disk, memory
  '57': 'provider-unavailable', // shutting down, starting up, cancelled
  '58': 'provider-unavailable',
};

/** pgbouncer answers so to a parameter that it cannot keep for each client (https://www.pgbouncer.org/config.html#ignore_startup_parameters). */
const PROTOCOL_VIOLATION = '08P01';

/**
 * A pooler lends one session of the server to several clients. Then the lock of a lease, settings and an open transaction
 * can belong to another client, and a test login shows what the pooler knows and not what the server decides.
 */
export const pooled = (): Fault =>
  new Fault(
    'provider-refused',
    'postgres: a connection pooler (such as pgbouncer or RDS Proxy) answers at this address. Put the address of the server itself into CURFEW_POSTGRES_TARGETS',
  );

/** The SQLSTATE of Postgres's answer. Undefined when the error is not an answer of Postgres. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

/**
 * Converts an error of `pg` to a `Fault`. Only the message is kept, because a statement could contain a password
 * verifier.
 */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const state = sqlState(error);
  const message = messageOf(error);
  if (state === undefined) return new Fault('provider-unavailable', `postgres: ${message}`);
  if (state === PROTOCOL_VIOLATION && /unsupported startup parameter/.test(message)) return pooled();
  const code = CODES[state] ?? CLASSES[state.slice(0, 2)] ?? 'provider-refused';
  // The server's message for a refused login contains Curfew's address and role name.
  const text = state.startsWith('28') ? "Curfew's own login is refused" : message;
  return new Fault(code, `postgres: ${state} ${text}`);
}
