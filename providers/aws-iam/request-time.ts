import type { LeaseId } from '../../core/ids.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * When the request was made, in milliseconds: the id of a lease is that of its click, a UUID of version 7 (RFC 9562), which
 * begins with its time. IAM stores whole seconds, so the time is rounded down. 0 for an id of another version.
 */
export function requestedAt(lease: LeaseId): number {
  const digits = lease.replace('lease_', '').slice(0, 11);
  const value = [...digits].reduce((sum, digit) => sum * 32n + BigInt(ALPHABET.indexOf(digit)), 0n);
  // 26 digits of 5 bits are 2 more than a UUID has. The first 11 have the time (48 bits), the version (4) and one bit.
  const version = Number((value >> 1n) & 15n);
  return version === 7 ? Math.floor(Number(value >> 5n) / 1_000) * 1_000 : 0;
}

const CLOCKS_APART_MS = 5 * 60_000;

/**
 * From when on a revoke looks for what the person may have made. The time in an id is that of the gateway, and its clock may be
 * ahead of the one of AWS. So it is earlier than the request, and something older may be named too.
 */
export const lookedAtSince = (lease: LeaseId): number => Math.max(0, requestedAt(lease) - CLOCKS_APART_MS);
