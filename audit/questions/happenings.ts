import type { AuditQuery, AuditView } from '../../ledger/index.ts';
import { type Period, within } from './period.ts';

const list =
  (view: AuditView) =>
  (period: Period = {}): AuditQuery => ({ view, where: within('at', period) });

/** Everything that was approved: requests and extensions. */
export const approvals = list('approval');
/** Every attempt that was refused. */
export const refusals = list('refusal');
/** Where a provider showed other access than the ledger expected. */
export const drift = list('drift');
/** Access that no request explains, by the moment at which it was seen first. */
export const findings = list('finding');
/** Who decided what about a finding. */
export const findingDecisions = list('finding_decision');
/** Every time that somebody ended everything of a person, of an entitlement, at a provider, or all. */
export const massEndings = list('mass_ending');
/** Who looked in the console at what is not their own, and who took a copy of it. */
export const readings = list('reading');
/** Those that an entry of the log has. A reading waits at most 17 minutes for its entry while a sweeper runs. */
export const readingsInLog = (period: Period = {}): AuditQuery => {
  const { view, where } = readings(period);
  return { view, where: [...where, { kind: 'present', column: 'entry' }] };
};
/** Every policy that the ledger knows, by the moment at which it was used first. */
export const policies = list('policy');
/** Under which policy a person could request an entitlement for the first time. */
export const policyGains = list('policy_gain');
