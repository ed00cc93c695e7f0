import type { Instant, LeaseId, PersonId, RequestId } from './ids.ts';

/**
 * The roles of Curfew itself. An `auditor` sees everything. `security` ends everything of others, lifts locks and decides about findings.
 */
export const CURFEW_ROLES = ['auditor', 'security'] as const;
export type CurfewRole = (typeof CURFEW_ROLES)[number];

/** The provider whose targets are the roles of Curfew. */
export const CURFEW = 'curfew';

/** A role that somebody has by a live lease, until its end. */
export type HeldRole = Readonly<{
  person: PersonId;
  role: CurfewRole;
  lease: LeaseId;
  request: RequestId;
  until: Instant;
}>;

/** The role that a target gives. Undefined for a target of another provider, and for an unknown role. */
export function curfewRoleOf({
  provider,
  spec,
}: Readonly<{ provider: string; spec: unknown }>): CurfewRole | undefined {
  const { role } = Object(spec) as { role?: unknown };
  return provider === CURFEW ? CURFEW_ROLES.find((each) => each === role) : undefined;
}
