import { Fault } from '../../core/faults.ts';
import type { FakeApi } from '../../providers/fake/api.ts';
import { type FakeVendor, fakeProviderOver, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import { type AccessLog, type Entry, type FakeLevel, LADDER } from '../../providers/fake/log.ts';
import { levelIn, stateOf, type VendorState } from '../../providers/fake/state.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Place } from '../world/aims.ts';
import { call, inWorld, pause, travelMs, type World } from '../world/world.ts';

export const ACCOUNTS = ['ana', 'dee'] as const;
export const RESOURCES = ['thing', 'other'] as const;

/** The vendor, its own log, and the API that Curfew's provider calls. */
export type SimulatedVendor = Readonly<{
  vendor: FakeVendor;
  log: AccessLog;
  api: FakeApi;
  provider: Provider;
  /** An account under this name, with an id that the log of the seed may show. */
  makeAccount(name: string): void;
}>;

/** The vendor's clock began long before the seed, so no read is older than its accounts. */
const LONG_AGO = 60_000;

/** A vendor with the accounts and resources of the seed. People work on it by hand, and Curfew through `api`. */
export function openVendor(world: World): SimulatedVendor {
  const log = memoryLog();
  const now = (): number => world.time.now();
  const vendor = fakeVendor(log, now);
  let accounts = 0;
  const makeAccount = (name: string, at = now()): void =>
    log.append({ at, op: 'account-made', name, id: `${name}-${(accounts += 1)}` });
  for (const name of ACCOUNTS) makeAccount(name, now() - LONG_AGO);
  for (const target of RESOURCES) log.append({ at: now() - LONG_AGO, op: 'target-made', target });
  for (const each of world.faults.incidents)
    if (each.kind === 'by-hand' && each.at === 0) {
      const { account, resource, level } = each;
      const id = `${account}-${ACCOUNTS.findIndex((name) => name === account) + 1}`;
      log.append({ at: now() - LONG_AGO, op: 'level-set', id, target: resource, level, by: 'administrator' });
    }
  const api = apiOf(world, log);
  const { consistencyWindowMs } = world.faults;
  const provider = { ...fakeProviderOver(api, now), consistencyWindowMs } as Provider;
  return { vendor, log, api, provider, makeAccount };
}

/** The vendor's client gives up after this time. The request may still arrive. */
const CLIENT_TIMEOUT_MS = 10_000;
const LATEST_MS = 50_000;
/** How often a fault applies to a call while its kind is on. */
const OFTEN = 0.4;

function apiOf(world: World, log: AccessLog): FakeApi {
  const { random, isOn } = world;
  const now = (): number => world.time.now();
  const state = (): VendorState => stateOf(log.read());

  /** Refuses a call before it has an effect, as the vendor does at times. */
  const mayRefuse = (): void => {
    if (isOn('credential-refused')) throw new Fault('provider-forbidden', 'the credential was revoked');
    if (isOn('vendor-throttles') && random.chance(OFTEN * 2))
      throw new Fault('provider-throttled', 'too many requests', {
        retryAfterMs: random.whole(1, 10) * 1_000,
      });
    if (isOn('vendor-fails') && random.chance(OFTEN))
      throw new Fault('provider-unavailable', '502 or connection reset');
  };

  /** A write. It arrives also when the process that sent it does not wait for the answer any more. */
  async function write(entry: (at: number) => Entry, signal: AbortSignal): Promise<void> {
    assertGoingOn(signal);
    const isLate = isOn('writes-late') && random.chance(OFTEN);
    const arrivesMs = isLate ? random.between(1_000, LATEST_MS) : travelMs(world);
    const arrived = inWorld(async () => {
      await pause(arrivesMs);
      mayRefuse();
      const written = entry(now());
      if (!(isOn('writes-ignored') && random.chance(OFTEN)) && hasEffect(state(), written)) append(written);
      if (isOn('answers-lost') && random.chance(OFTEN))
        throw new Fault('provider-unavailable', 'the answer was lost');
    });
    arrived.catch(() => undefined); // Nobody waits for it any more when the process is gone.
    await call(world, () => answerOf(arrived, signal));
  }
  const marked = new Set<string>();
  function append(entry: Entry): void {
    const before = state();
    log.append(entry);
    world.log.say(`vendor: ${entryText(entry)}`);
    if (entry.op === 'marked' && !marked.has(entry.lease)) {
      marked.add(entry.lease);
      world.meet('grant', placeOf(before, entry));
    }
    if (entry.op === 'level-set' && isLower(entry.level, levelIn(before, entry.id, entry.target)))
      world.meet('removal', placeOf(before, entry));
  }
  return {
    read: async (signal) => {
      assertGoingOn(signal);
      return call(world, async () => {
        mayRefuse();
        const { consistencyWindowMs } = world.faults;
        const seenAt = now() - (random.chance(0.5) ? random.between(0, consistencyWindowMs) : 0);
        return stateOf(log.read().filter(({ at }) => at <= seenAt));
      });
    },
    setLevel: ({ id, target, level, by }, signal) =>
      write((at) => ({ at, op: 'level-set', id, target, level, by }), signal),
    mark: (mark, signal) => write((at) => ({ at, op: 'marked', ...mark }), signal),
    unmark: (lease, signal) => write((at) => ({ at, op: 'unmarked', lease }), signal),
  };
}

const placeOf = (
  { accounts }: VendorState,
  { id, target }: Readonly<{ id: string; target: string }>,
): Place => ({ account: accounts.get(id) ?? id, resource: target });

const isLower = (one: FakeLevel, other: FakeLevel): boolean => LADDER.indexOf(one) < LADDER.indexOf(other);

function assertGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new Fault('provider-unavailable', 'the call was cancelled');
}

/** The answer of a call, or the fault of a client that does not wait any longer. */
const answerOf = (arrived: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Fault('provider-unavailable', 'no answer'));
    const timer = setTimeout(giveUp, CLIENT_TIMEOUT_MS);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    arrived.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    });
  });

/** The log of the vendor holds changes only. Nobody changes an account or a resource that is gone. */
function hasEffect(state: VendorState, entry: Entry): boolean {
  if ('id' in entry && !state.accounts.has(entry.id)) return false;
  if ('target' in entry && !state.targets.has(entry.target)) return false;
  if (entry.op === 'level-set') return levelIn(state, entry.id, entry.target) !== entry.level;
  if (entry.op === 'marked')
    return !state.marks.some(({ lease, endsAt }) => lease === entry.lease && endsAt === entry.endsAt);
  return entry.op !== 'unmarked' || state.marks.some(({ lease }) => lease === entry.lease);
}

const entryText = (entry: Entry): string => {
  const { at: _at, ...rest } = entry;
  return Object.values(rest).join(' ');
};
