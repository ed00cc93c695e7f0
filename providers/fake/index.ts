import type { ProviderModule } from '../module.ts';
import { settings } from './settings.ts';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { no, ok } from '../../core/result.ts';
import type { FoundPage, Intent, Provider, Receipt, Remover, Subject } from '../provider.ts';
import { fakeApi, type FakeApi } from './api.ts';
import { endMark } from './end-mark.ts';
import { LADDER, type FakeLevel } from './log.ts';
import { levelIn, type VendorState } from './state.ts';
import { partsUpTo, readUse } from './use.ts';
import type { FakeVendor } from './vendor.ts';

export { fileLog, memoryLog } from './log.ts';
export { fakeVendor, type FakeVendor } from './vendor.ts';

export type FakeTarget = Readonly<{ resource: string; level: Exclude<FakeLevel, 'none'> }>;

const RESOURCE = /^[a-z0-9][a-z0-9/_.-]{0,99}$/;
const GRANTABLE_LEVELS = LADDER.slice(1);
const rank = (level: string): number => LADDER.findIndex((known) => known === level);

/**
 * A simulated vendor with levels, marks and faults, for tests and examples. Class C: only Curfew revokes
 * its access.
 */
export const fakeProvider = (vendor: FakeVendor, now: () => number = Date.now): Provider<FakeTarget> =>
  fakeProviderOver(fakeApi(vendor, now), now);

/** The same provider over another API. The simulator has one, which decides what happens to each call. */
export function fakeProviderOver(api: FakeApi, now: () => number): Provider<FakeTarget> {
  return {
    name: 'fake',
    consistencyWindowMs: 0,
    rateBudget: 6_000,
    attemptPoints: () => 4,
    useReadings: { lateMs: 0, beforeEnd: true, mostCalls: 1 },
    needsSecret: false,
    parseTarget,
    targetKey: ({ resource }) => resource,
    lockKey: ({ resource }) => resource,
    ladder: () => LADDER,
    level: ({ level }) => level,
    ownObject: () => false,
    enforcementClass: () => 'C',
    residualSessionMs: () => 0,
    describeFound: ({ resource }, level) => `${level} access to ${resource} (simulated)`,
    describe: ({ resource, level }) => ({
      plain: `${level} access to ${resource} (simulated)`,
      permissions: [`fake:${level} on ${resource}`],
      cautions: level === 'admin' ? ['an admin can give access to others, which stays after the end'] : [],
      atEnd: [],
      widens: level === 'admin',
    }),
    async observe({ account, target }, signal) {
      const state = await api.read(signal);
      const subject = findSubject(state, account);
      if (!subject) throw new Fault('subject-missing', `fake: no account "${account}"`);
      return { subject, level: requireLevel(state, target, subject), sources: [], target };
    },
    ensurePresent: (intent, signal) => ensurePresent(api, intent, signal),
    ensureAbsent: (intent, signal) => ensureAbsent(api, intent, signal),
    moveEnd: (intent, signal) => moveEnd(api, intent, signal),
    discover: (target, { page, signal }) => discover(api, target, page, signal),
    async listManaged(signal) {
      const { marks, accounts } = await api.read(signal);
      return marks.map(({ id, target, lease, endsAt }) => ({
        lease,
        subject: accounts.get(id) ?? id,
        subjectId: id,
        what: target,
        endsAt: endsAt as Instant,
      }));
    },
    endManaged: (managed, signal) => endMark(api, managed, { now, signal }),
    clocks: () => Promise.resolve([{ where: 'fake', at: now() as Instant, stepMs: 1 }]),
    usableParts: ({ resource, level }) => partsUpTo(resource, level).map((part) => ({ part, gives: part })),
    readUse: (query, signal) => readUse(api, query, signal),
    async preflight(_input, signal) {
      const permissions = await api.read(signal).then(
        () => [],
        (fault: Fault) => [{ severity: 'missing', what: fault.message } as const],
      );
      return { permissions, note: 'The fake vendor answers.' };
    },
  };
}

function parseTarget(json: unknown) {
  const { resource, level } = Object(json) as { resource?: unknown; level?: unknown };
  if (typeof resource !== 'string' || !RESOURCE.test(resource))
    return no(
      'fake target: "resource" must be a string of 1 to 100 letters, digits and / _ . - (lower case)',
    );
  const known = GRANTABLE_LEVELS.find((one): one is FakeTarget['level'] => one === level);
  if (!known) return no(`fake target: "level" must be one of ${GRANTABLE_LEVELS.join(', ')}`);
  return ok({ resource, level: known });
}

function findSubject({ accounts }: VendorState, name: string): Subject | undefined {
  const id = [...accounts].find(([, called]) => called === name)?.[0];
  return id === undefined ? undefined : { id, name };
}

function requireLevel(state: VendorState, { resource }: FakeTarget, { id }: Subject): FakeLevel {
  if (!state.targets.has(resource)) throw new Fault('target-missing', `fake: no resource "${resource}"`);
  return levelIn(state, id, resource);
}

/** A page has two accounts, so that few accounts need several pages. A page begins after the account with this id. */
const PAGE = 2;

async function discover(
  api: FakeApi,
  target: FakeTarget,
  after: string | undefined,
  signal: AbortSignal,
): Promise<FoundPage<FakeTarget>> {
  const { targets, accounts, holdings } = await api.read(signal);
  const { resource } = target;
  if (!targets.has(resource)) throw new Fault('target-missing', `fake: no resource "${resource}"`);
  const rest = holdings
    .filter((each) => each.target === resource && (after === undefined || each.id > after))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const found = rest.slice(0, PAGE);
  const last = found.at(-1);
  return {
    target,
    accesses: found.map(({ id, level }) => ({
      subject: { id, name: accounts.get(id) ?? id },
      level,
      sources: [],
    })),
    ...(last && rest.length > PAGE ? { next: last.id } : {}),
    calls: 1,
  };
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
      ? new Fault(
          'subject-changed',
          `fake: the account "${subject.name}" has the id ${other.id} now, not ${subject.id}`,
        )
      : new Fault('subject-missing', `fake: no account "${subject.name}"`);
  }
  const level = requireLevel(before, target, subject);
  const wanted = levelToSet(intent);
  // The mark is written first. Nobody could find and revoke access that carries no mark.
  await api.mark(
    {
      ...{ id: subject.id, target: target.resource, lease, endsAt },
      ...{ level: wanted, prior: priorOf(before, intent, level) },
    },
    signal,
  );
  // Written even when the level shows already: a stale read may show a level that was revoked meanwhile.
  if (rank(level) <= rank(wanted))
    await api.setLevel({ id: subject.id, target: target.resource, level: wanted, by: lease }, signal);
  const after = await api.read(signal);
  const seen = levelIn(after, subject.id, target.resource);
  if (
    rank(seen) < rank(wanted) ||
    !after.marks.some((mark) => mark.lease === lease && mark.endsAt === endsAt)
  )
    throw new Fault('not-verified', `fake: ${subject.name} still has ${seen} on ${target.resource}`);
  return { level: seen, found: level, seen: `${subject.name} has ${seen} on ${target.resource}` };
}

async function ensureAbsent(api: FakeApi, intent: Intent<FakeTarget>, signal: AbortSignal): Promise<Receipt> {
  const { subject, target, lease } = intent;
  const before = await api.read(signal);
  if (!before.accounts.has(subject.id))
    return { level: 'none', seen: 'The account does not exist any more.' };
  if (!before.targets.has(target.resource))
    return { level: 'none', seen: 'The resource does not exist any more.' };
  const shown = levelIn(before, subject.id, target.resource);
  // Written even when nothing shows: a stale read may not show a grant yet. Never raised: a lower level is drift.
  if (rank(shown) >= rank(intent.level))
    await api.setLevel(
      { id: subject.id, target: target.resource, level: levelToSet(intent), by: lease },
      signal,
    );
  await api.unmark(lease, signal);
  const after = await api.read(signal);
  const seen = levelIn(after, subject.id, target.resource);
  if (rank(seen) > rank(intent.level) || after.marks.some((mark) => mark.lease === lease))
    throw new Fault('not-verified', `fake: ${subject.name} still has ${seen} on ${target.resource}`);
  return {
    level: seen,
    found: shown,
    seen: `${subject.name} has ${seen} on ${target.resource}`,
    ...(rank(seen) < rank(shown) && { lowered: true }),
  };
}

/** The end is that of the mark, which `ensurePresent` wrote. The level stays as it is. */
async function moveEnd(api: FakeApi, intent: Intent<FakeTarget>, signal: AbortSignal): Promise<Receipt> {
  const { subject, target, lease, endsAt } = intent;
  const before = await api.read(signal);
  const level = requireLevel(before, target, subject);
  const mark = before.marks.find((each) => each.lease === lease);
  if (!mark || level === 'none')
    throw new Fault('provider-refused', `fake: somebody revoked the access of ${subject.name} by hand`);
  await api.mark({ ...mark, endsAt }, signal);
  const after = await api.read(signal);
  const until = after.marks.find((each) => each.lease === lease)?.endsAt;
  if (until !== endsAt) throw new Fault('not-verified', `fake: the mark of ${lease} still has another end`);
  return {
    level,
    found: level,
    seen: `${subject.name} has ${level} on ${target.resource} until ${new Date(endsAt).toISOString()}`,
    ...(mark.endsAt !== endsAt && { moved: true }),
  };
}

/** What the account had before its first mark: another mark of the access knows it, also one of an earlier attempt. */
const priorOf = (
  { marks }: VendorState,
  { subject, target }: Intent<FakeTarget>,
  shown: FakeLevel,
): FakeLevel =>
  marks.find(({ id, target: resource }) => id === subject.id && resource === target.resource)?.prior ?? shown;

/** An unknown level is a bug in the caller, so it is refused. */
function levelToSet({ level }: Intent<FakeTarget>): FakeLevel {
  const known = LADDER.find((one) => one === level);
  if (!known) throw new Fault('provider-refused', `fake: no level "${level}"`);
  return known;
}

export const module: ProviderModule<typeof settings.variables, FakeVendor> = {
  settings,
  create: (vendor) => fakeProvider(vendor) as Provider,
  createRemover: (vendor) => fakeProvider(vendor) as Remover,
};
