import pg from 'pg';
import type { Instant, LeaseId } from '../../core/ids.ts';

export const roleName = (lease: LeaseId): string => `curfew_${lease}`;
/**
 * The role that owns what was created with a lease, where the catalogue names no owner. It has no privileges and no login.
 * Each lease has one of its own, because code that one person left runs with all that its owner owns.
 */
export const leftoversRole = (leaseRole: string): string => `${leaseRole}_leftovers`;

export const quoted = (name: string): string => pg.escapeIdentifier(name);
export const timestampLiteral = (end: Instant): string => pg.escapeLiteral(new Date(end).toISOString());

const MAX_NAMED = 10;

export const shortList = (names: readonly string[]): string =>
  names.length <= MAX_NAMED
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMED).join(', ')} and ${names.length - MAX_NAMED} more`;

export const capitalised = (sentence: string): string =>
  `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
