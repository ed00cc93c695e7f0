import { type Brand, clickIdOf, type Instant, type LeaseId, type PersonId } from '../ids.ts';
import { no, ok, type Result } from '../result.ts';

/** Names a finding, and standing access that was one. */
export type FindingId = Brand<string, 'FindingId'>;

const FINDING_ID = /^find_[0-9a-hjkmnp-tv-z]{26}$/;
export const parseFindingId = (text: string): Result<FindingId, string> =>
  FINDING_ID.test(text) ? ok(text as FindingId) : no(`not a finding id: "${text.slice(0, 80)}"`);

/** The target key of the pass through all objects of a provider that carry our mark. */
export const MARKS_KEY = 'marks';

export const FINDING_STATES = ['open', 'adopted', 'revoked', 'gone'] as const;
/**
 * `open`: somebody must decide. `adopted`: it is standing access. `revoked`: Curfew revoked it, because somebody decided so. `gone`: it
 * disappeared at the provider.
 */
export type FindingState = (typeof FINDING_STATES)[number];

/** `access`: an account has more than the ledger explains. `mark`: an object carries Curfew's mark, and no live lease has it. */
export type FindingKind = 'access' | 'mark';

/** Where access comes from that is not the account's own entry, as the provider says it. */
export type FoundSource = Readonly<{ level: string; through: string }>;

/** Access at a managed target that no request explains. */
export type Finding = Readonly<{
  id: FindingId;
  kind: FindingKind;
  provider: string;
  targetKey: string;
  /** The key of the target in the catalogue, which depends on its name alone. */
  targetName: string;
  /** The target's spec, completed with the vendor's own id. */
  target: unknown;
  /** The target, or the object, in plain words of the provider. */
  what: string;
  subject: Readonly<{ id: string; name: string }>;
  lease?: LeaseId;
  /** Who requested that lease. */
  leaseOf?: PersonId;
  level: string;
  onLadder: boolean;
  sources: readonly FoundSource[];
  /** Why it cannot be adopted, and why Curfew cannot revoke it. Left out when it can. */
  whyNoAdopt?: string;
  whyNoRevoke?: string;
  state: FindingState;
  firstSeen: Instant;
  lastSeen: Instant;
  closedAt?: Instant;
  /** Left out when no person did it. */
  closedBy?: PersonId;
  why?: string;
  /** What somebody decided, while it is carried out. */
  pending?: Readonly<{ kind: 'adopt' | 'revoke'; by: PersonId }>;
  /** Why the last attempt to carry it out failed. */
  problem?: string;
}>;

/** Why one person is not enough to adopt access. */
export type WhySecond = 'unknown-account' | 'certified';

/** Why a person may not decide about a finding. */
export type FindingRefusal = Readonly<
  | {
      code: 'unknown-finding' | 'own-finding' | 'not-a-decider' | 'adopt-reason-missing' | 'finding-changed';
    }
  /** Their adoption is recorded. `why`: nobody in people.yaml has the account, or the person certified the access in a review. */
  | { code: 'second-person-needed'; why: WhySecond }
  | { code: 'finding-over'; state: FindingState; by?: PersonId; pending?: 'adopt' | 'revoke' }
  | { code: 'cannot-adopt' | 'cannot-revoke'; why: string }
  /** With this one, `count` accesses would be revoked at the target within an hour, and `allowed` are. */
  | { code: 'over-removal-cap'; count: number; allowed: number }
>;

/** What somebody wants to do with a finding, and what is known when it is judged. `isAsSeen`: it is what they were shown. */
export type FindingCommand = Readonly<
  { by: PersonId; isDecider: boolean; isOwn: boolean; isAsSeen: boolean } &
    /** `whySecond`: why one person is not enough to adopt it. `isSeconded`: another person adopted just this before. */
    (
      | { kind: 'adopt'; hasReason: boolean; whySecond?: WhySecond; isSeconded: boolean }
      | { kind: 'revoke'; count: number; allowed: number; confirmed?: number }
    )
>;

/** Decides what a person wants to do with a finding: undefined when they may, or why not. */
export function findingRefusal(finding: Finding, command: FindingCommand): FindingRefusal | undefined {
  if (!command.isDecider) return { code: 'not-a-decider' };
  const { state, closedBy: by, pending, whyNoAdopt, whyNoRevoke } = finding;
  if (state !== 'open') return { code: 'finding-over', state, ...(by === undefined ? {} : { by }) };
  if (pending) return { code: 'finding-over', state, by: pending.by, pending: pending.kind };
  if (!command.isAsSeen) return { code: 'finding-changed' };
  if (command.kind === 'adopt') {
    if (command.isOwn) return { code: 'own-finding' };
    if (whyNoAdopt !== undefined) return { code: 'cannot-adopt', why: whyNoAdopt };
    if (!command.hasReason) return { code: 'adopt-reason-missing' };
    const { whySecond: why, isSeconded } = command;
    return why && !isSeconded ? { code: 'second-person-needed', why } : undefined;
  }
  if (whyNoRevoke !== undefined) return { code: 'cannot-revoke', why: whyNoRevoke };
  const { count, allowed, confirmed = 0 } = command;
  return count > allowed && count > confirmed ? { code: 'over-removal-cap', count, allowed } : undefined;
}

/** The id of a finding, from a UUID. */
export const findingIdOf = (uuid: string): FindingId =>
  clickIdOf(uuid).replace('click_', 'find_') as FindingId;
