import type { Finding, FindingId } from '../../core/findings/finding.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { Result } from '../../core/result.ts';
import type { HintingDb } from '../pool.ts';
import * as checks from './access-checks.ts';
import * as decisions from './decisions.ts';
import * as findings from './findings.ts';
import * as reading from './read-findings.ts';
import { type KnownAtTarget, knownAt } from './known-accesses.ts';
import * as messages from './finding-messages.ts';
import * as passes from './passes.ts';
import { takeCalls } from './read-budget.ts';
import { type Removals, removalsAt } from './removals.ts';

export type { AccessCheck, EndedCheck, RemovalClaim } from './access-checks.ts';
export type { EndedWork, FindingDecision, FindingWork } from './decisions.ts';
export type { NewFinding } from './findings.ts';
export type { FindingFilter } from './read-findings.ts';
export type { FindingMessage } from './finding-messages.ts';
export type { KnownAtTarget } from './known-accesses.ts';
export type { PassSummary, PlannedTarget, TargetPass } from './passes.ts';

/** The part of the ledger about looks at access after its grant and its end, and about what they find. */
export interface FindingsLedger {
  /** Takes one look at the access of a lease that is due, except those that the caller works on. It may be taken again later. */
  takeAccessCheck(except: checks.ChecksExcept): Promise<checks.AccessCheck | undefined>;
  /** Records how a look ended, and when the next one is due. */
  endAccessCheck(ended: checks.EndedCheck): Promise<void>;
  /** Makes the looks at these leases due now. */
  checkSoon(leases: readonly LeaseId[]): Promise<void>;
  /** Records that access of a lease was revoked again. */
  noteRepaired(lease: LeaseId): Promise<void>;
  /** Records that nothing is left of these leases, which have their receipt. */
  recordGone(leases: readonly LeaseId[]): Promise<void>;
  /** Takes calls of a provider from the budget that all sweepers share. False, and nothing is taken, while none is left. */
  takeCalls(
    provider: string,
    calls: Readonly<{ calls: number; perMinute: number; force?: boolean }>,
  ): Promise<boolean>;

  /** Adds the targets that have no row yet. */
  planPasses(targets: readonly passes.PlannedTarget[]): Promise<void>;
  /** The targets of leases whose access is not over, and that no other row covers. */
  targetsOfLeases(): Promise<readonly Readonly<{ provider: string; spec: unknown }>[]>;
  /** Takes the target whose pass is due first, of the `known` providers but for `providers`. */
  takePass(
    of: Readonly<{ providers: readonly string[]; known: readonly string[]; againMs: number }>,
  ): Promise<passes.TargetPass | undefined>;
  endPass(ended: passes.EndedPass): Promise<void>;
  /** True when a whole pass went through the target with this found key already, under whatever name. */
  hasBaseline(provider: string, foundKey: string): Promise<boolean>;
  passes(): Promise<readonly passes.PassSummary[]>;
  /** All that the ledger knows of the accounts at a target, by their ids. */
  knownAt(
    provider: string,
    at: Readonly<{ key: string; settledBefore: Instant }>,
  ): Promise<ReadonlyMap<string, KnownAtTarget>>;
  /** What was revoked at a target within the last hour by looks and by decisions, and how many members it has. */
  removalsAt(provider: string, key: string): Promise<Removals>;
  /** Takes a place under the removal cap of the target for a lease that is over; undefined when `mayTake` says that there is none (B18). */
  claimRemoval(
    of: Readonly<{ lease: LeaseId; provider: string; key: string }>,
    mayTake: (removals: Removals) => boolean,
  ): Promise<checks.RemovalClaim | undefined>;
  /** Gives a place back, because nothing was revoked. */
  releaseRemoval(claim: checks.RemovalClaim): Promise<void>;

  /** Records what was found, each access once. Returns the ids of those that are new and open. */
  recordFindings(found: readonly findings.NewFinding[]): Promise<readonly FindingId[]>;
  /** Records that standing access was seen again. */
  seeStanding(at: Readonly<{ provider: string; key: string; subjects: readonly string[] }>): Promise<void>;
  /** Closes what a whole pass did not show any more. Returns how many it closed. */
  closeGone(pass: Parameters<typeof findings.closeGone>[1]): Promise<number>;
  /** Closes an open finding, because the account has again what the ledger says. */
  closeExplained(access: Readonly<{ provider: string; key: string; subject: string }>): Promise<void>;
  readFinding(id: FindingId): Promise<Finding | undefined>;
  findingsEndingIn(letters: string): Promise<readonly FindingId[]>;
  listFindings(filter: reading.FindingFilter): Promise<readonly Finding[]>;
  /** What the person wrote who adopted something, while it is not erased. */
  adoptReason(id: FindingId): Promise<string | undefined>;

  /** Judges and records a decision about a finding, once. The sweeper carries it out. */
  decideFinding(decision: decisions.FindingDecision): Promise<Result<undefined, Refusal>>;
  /** Takes one decision that is to be carried out. It may be taken again later. */
  takeFindingWork(
    except: Readonly<{ findings: readonly FindingId[]; providers: readonly string[] }>,
  ): Promise<decisions.FindingWork | undefined>;
  endFindingWork(ended: decisions.EndedWork): Promise<void>;
  /** Raises the prior state of the open holding of an access that somebody adopted. */
  raisePrior(
    access: Readonly<{ provider: string; key: string; subject: string; level: string }>,
  ): Promise<void>;

  /** Takes the findings of one message that must be drawn. It may be taken again later. */
  takeFindingMessage(): Promise<messages.FindingMessage | undefined>;
  endFindingMessage(message: messages.FindingMessage): Promise<void>;
}

type Run = <T>(work: (db: HintingDb) => Promise<T>) => Promise<T>;

/** `query` runs one statement, `tx` runs several in one transaction. `judgedTx` runs a transaction that reads on other connections too. */
export const findingsLedger = (query: Run, tx: Run, judgedTx: Run): FindingsLedger => ({
  takeAccessCheck: (except) => query((db) => checks.takeAccessCheck(db, except)),
  endAccessCheck: (ended) => query((db) => checks.endAccessCheck(db, ended)),
  checkSoon: (leases) => query((db) => checks.checkSoon(db, leases)),
  noteRepaired: (lease) => query((db) => checks.noteRepaired(db, lease)),
  recordGone: (leases) => query((db) => checks.recordGone(db, leases)),
  takeCalls: (provider, calls) => query((db) => takeCalls(db, provider, calls)),
  planPasses: (targets) => query((db) => passes.planPasses(db, targets)),
  targetsOfLeases: () => query(passes.targetsOfLeases),
  takePass: (of) => query((db) => passes.takePass(db, of)),
  endPass: (ended) => query((db) => passes.endPass(db, ended)),
  hasBaseline: (provider, foundKey) => query((db) => passes.hasBaseline(db, provider, foundKey)),
  passes: () => query(passes.passes),
  knownAt: (provider, at) => query((db) => knownAt(db, provider, at)),
  removalsAt: (provider, key) => query((db) => removalsAt(db, provider, key)),
  claimRemoval: (of, mayTake) => tx((db) => checks.claimRemoval(db, of, mayTake)),
  releaseRemoval: (claim) => query((db) => checks.releaseRemoval(db, claim)),
  recordFindings: (found) => tx((db) => findings.recordFindings(db, found)),
  seeStanding: (at) => query((db) => findings.seeStanding(db, at)),
  closeGone: (pass) => query((db) => findings.closeGone(db, pass)),
  closeExplained: (access) => query((db) => findings.closeExplained(db, access)),
  readFinding: (id) => query((db) => reading.readFinding(db, id)),
  findingsEndingIn: (letters) => query((db) => reading.findingsEndingIn(db, letters)),
  listFindings: (filter) => query((db) => reading.listFindings(db, filter)),
  adoptReason: (id) => query((db) => decisions.adoptReason(db, id)),
  decideFinding: (decision) => judgedTx((db) => decisions.decideFinding(db, decision)),
  takeFindingWork: (except) => query((db) => decisions.takeFindingWork(db, except)),
  endFindingWork: (ended) => tx((db) => decisions.endFindingWork(db, ended)),
  raisePrior: (access) => tx((db) => decisions.raisePrior(db, access)),
  takeFindingMessage: () => tx(messages.takeFindingMessage),
  endFindingMessage: (message) => query((db) => messages.endFindingMessage(db, message)),
});
