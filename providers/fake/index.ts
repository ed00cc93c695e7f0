import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { no, ok } from '../../core/result.ts';
import type { Intent, Provider, Receipt, Subject } from '../provider.ts';
import { fakeApi, type FakeApi } from './api.ts';
import { LADDER, type Rung } from './log.ts';
import { levelIn, type VendorState } from './state.ts';
import type { FakeVendor } from './vendor.ts';

export { fileLog, memoryLog } from './log.ts';
export { fakeVendor, type FakeVendor } from './vendor.ts';

export type FakeTarget = Readonly<{ resource: string; level: Exclude<Rung, 'none'> }>;

const RESOURCE = /^[a-z0-9][a-z0-9/_.-]{0,99}$/;
const RUNGS = LADDER.slice(1);
const rank = (level: string): number => LADDER.findIndex((rung) => rung === level);

/**
 * A vendor that does not exist, with levels, marks and faults: what tests and examples grant access in.
 * Class C: only Curfew takes its access away.
 */
export function fakeProvider(vendor: FakeVendor, now: () => number = Date.now): Provider<FakeTarget> {
  const api = fakeApi(vendor, now);
  return {
    name: 'fake',
    consistencyWindowMs: 0,
    rateBudget: 6_000,
    needsSecret: false,
    parseTarget,
    targetKey: ({ resource }) => resource,
    lockKey: ({ resource }) => resource,
    ladder: () => LADDER,
    level: ({ level }) => level,
    ownObject: () => false,
    enforcementClass: () => 'C',
    residualSessionMs: () => 0,
    describe: ({ resource, level }) => ({
      plain: `${level} access to ${resource} (pretend)`,
      permissions: [`fake:${level} on ${resource}`],
    }),
    async observe({ account, target }, signal) {
      const state = await api.read(signal);
      const subject = findSubject(state, account);
      if (!subject) throw new Fault('subject-missing', `fake: no account "${account}"`);
      return { subject, level: levelOrFault(state, target, subject), target };
    },
    ensurePresent: (intent, signal) => ensurePresent(api, intent, signal),
    ensureAbsent: (intent, signal) => ensureAbsent(api, intent, signal),
    async listManaged(signal) {
      const { marks, accounts } = await api.read(signal);
      return marks.map(({ id, target, lease, end }) => ({
        lease,
        subject: accounts.get(id) ?? id,
        what: target,
        end: end as Instant,
      }));
    },
    cutSessions: () => Promise.resolve(0),
    async preflight(signal) {
      const missing = await api.read(signal).then(
        () => [],
        (fault: Fault) => [fault.message],
      );
      return { ok: missing.length === 0, missing, excess: [], note: 'fake: reads its vendor' };
    },
  };
}

function parseTarget(json: unknown) {
  const { resource, level } = Object(json) as { resource?: unknown; level?: unknown };
  if (typeof resource !== 'string' || !RESOURCE.test(resource))
    return no('fake target: "resource" must be a text of 1 to 100 letters, digits and / _ . - (lower case)');
  const rung = RUNGS.find((one): one is FakeTarget['level'] => one === level);
  if (!rung) return no(`fake target: "level" must be one of ${RUNGS.join(', ')}`);
  return ok({ resource, level: rung });
}

function findSubject({ accounts }: VendorState, name: string): Subject | undefined {
  const id = [...accounts].find(([, called]) => called === name)?.[0];
  return id === undefined ? undefined : { id, name };
}

function levelOrFault(state: VendorState, { resource }: FakeTarget, { id }: Subject): Rung {
  if (!state.targets.has(resource)) throw new Fault('target-missing', `fake: no "${resource}"`);
  return levelIn(state, id, resource);
}

async function ensurePresent(
  api: FakeApi,
  intent: Intent<FakeTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, lease, endsAt } = intent;
  const before = await api.read(signal);
  if (!before.accounts.has(subject.id)) {
    const other = findSubject(before, subject.name);
    throw other
      ? new Fault('subject-changed', `fake: "${subject.name}" is now ${other.id}`)
      : new Fault('subject-missing', `fake: no account "${subject.name}"`);
  }
  const level = levelOrFault(before, target, subject);
  // The mark goes first: access that carries no mark is access nobody would come to take away.
  await api.mark(subject.id, target.resource, lease, endsAt, signal);
  // Also when the level is there already: a stale read may show what is gone by now.
  if (rank(level) <= rank(intent.level))
    await api.setLevel(subject.id, target.resource, rungOf(intent), lease, signal);
  const after = await api.read(signal);
  const seen = levelIn(after, subject.id, target.resource);
  if (
    rank(seen) < rank(intent.level) ||
    !after.marks.some((mark) => mark.lease === lease && mark.end === endsAt)
  )
    throw new Fault('not-verified', `fake: ${target.resource} still shows ${seen}`);
  return { level: seen, seen: `${subject.name} has ${seen} on ${target.resource}` };
}

async function ensureAbsent(api: FakeApi, intent: Intent<FakeTarget>, signal: AbortSignal): Promise<Receipt> {
  const { subject, target, lease } = intent;
  const before = await api.read(signal);
  if (!before.accounts.has(subject.id)) return { level: 'none', seen: 'the account is gone' };
  if (!before.targets.has(target.resource)) return { level: 'none', seen: 'the target is gone' };
  // Also when nothing shows: a stale read may not show yet what is there. Never upwards: that is drift.
  if (rank(levelIn(before, subject.id, target.resource)) >= rank(intent.level))
    await api.setLevel(subject.id, target.resource, rungOf(intent), lease, signal);
  await api.unmark(lease, signal);
  const after = await api.read(signal);
  const seen = levelIn(after, subject.id, target.resource);
  if (rank(seen) > rank(intent.level) || after.marks.some((mark) => mark.lease === lease))
    throw new Fault('not-verified', `fake: ${target.resource} still shows ${seen}`);
  return { level: seen, seen: `${subject.name} has ${seen} on ${target.resource}` };
}

/** An unknown level is a bug in the caller, and never a reason to give more than was asked. */
function rungOf({ level }: Intent<FakeTarget>): Rung {
  const rung = LADDER.find((one) => one === level);
  if (!rung) throw new Fault('provider-refused', `fake: no level "${level}"`);
  return rung;
}
