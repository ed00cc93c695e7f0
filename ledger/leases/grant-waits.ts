import { type FaultCode, isFaultCode } from '../../core/faults.ts';
import { type GrantWait, waitOf } from '../../core/request/grant-wait.ts';

/** The message of a fault begins with its code. */
export function faultIn(message: string): FaultCode | 'unknown' {
  const [code = ''] = message.split(':');
  return isFaultCode(code) ? code : 'unknown';
}

/** A lease of a request that is being granted, with the last fault. */
type TriedRow = Readonly<{ provider: string; fault: string }>;

/** The leases of the request `r` that are tried again, as an array of `TriedRow`. */
export const TRIED = `
  (select coalesce(jsonb_agg(jsonb_build_object('provider', l.provider, 'fault', l.last_fault) order by l.position), '[]')
     from lease l where l.request_id = r.id and l.state in ('grant-started', 'intended') and l.last_fault is not null)`;

/** For what the grant of these leases waits; null when nothing is known that it waits for. */
export const waitIn = (tried: readonly TriedRow[]): GrantWait | null =>
  waitOf(tried.map(({ provider, fault }) => ({ provider, fault: faultIn(fault) }))) ?? null;
