import { afterEach, describe, expect, test } from '@jest/globals';
import { FAULTS, Fault, type FaultCode } from '../../core/errors.ts';
import { clickIdOf, leaseOf, requestOf, type Instant, type LeaseId } from '../../core/ids.ts';
import type { Intent, Level, Observation, Provider } from '../../providers/provider.ts';

type Effect = () => Promise<void> | void;

/** The vendor, looked at and edited behind the provider's back. Ground truth: never through the provider. */
export type World<T> = Readonly<{
  /** What the account really has. For own objects: `present` while the intent's own object is there. */
  level(intent: Intent<T>): Promise<Level>;
  /** Everything at the vendor that is not ours: other people, other objects. Compared before and after. */
  others(): Promise<unknown>;
  /** Gives or takes standing access by hand. Not for own objects. */
  setLevel?(level: Level): Promise<void>;
  /** Deletes the account and makes another of the same name. */
  recreateAccount?: Effect;
  deleteAccount?: Effect;
  deleteTarget?: Effect;
  /** Takes away by hand what the intent gave. */
  deleteOurs(intent: Intent<T>): Promise<void>;
}>;

/** Trouble on demand. Each switch works once, on the next matching call, and is spent. */
export type Trouble = Readonly<{
  /** F13: the write happens, its answer is lost. */
  failNextWriteAfterApplying: Effect;
  /** F12: the connection ends before the write happens. */
  failNextWriteBeforeApplying: Effect;
  /** F14: the write is answered as done and never happens. */
  swallowNextWrite?: Effect;
  /** F15: reads show what was there before, until `freshReads`. */
  staleReads?: Effect;
  freshReads?: Effect;
  /** F11: returns the wait that the vendor states, or undefined where it states none. */
  throttleNext?(): Promise<number | undefined> | number | undefined;
  /** The next call gets no answer; `reached` settles once the vendor has the call. */
  hangNext(): Readonly<{ reached: Promise<unknown> }>;
}>;

export type Rig<T> = Readonly<{
  provider: Provider<T>;
  account: string;
  target: T;
  world: World<T>;
  trouble: Trouble;
  /** The same provider with a credential that may do too little. */
  powerless?: Provider<T>;
  /** Stops what this rig started. */
  stop?: Effect;
}>;

/** Cases that may be left out, each with the reason why the vendor has no such thing. */
export type Exempt = Partial<
  Record<
    'standing' | 'account' | 'target-deleted' | 'swallowed' | 'stale' | 'throttled' | 'marks' | 'preflight',
    string
  >
>;

const noon = Date.UTC(2027, 0, 2, 12) as Instant;
const never = new AbortController().signal;
let minted = 0;

/** A lease id nobody has used yet in this process, and unlikely elsewhere. */
export function newLease(): LeaseId {
  minted += 1;
  const uuid = crypto.randomUUID();
  return leaseOf(requestOf(clickIdOf(uuid)), minted % 10);
}

/** An intent to give what the target asks for, as the activity would build it from the observation. */
export async function intentFor<T>(rig: Rig<T>, over: Partial<Intent<T>> = {}): Promise<Intent<T>> {
  const { provider, account, target } = rig;
  const { subject } = await provider.observe({ account, target }, never);
  const secret = provider.needsSecret ? { secret: `s3cret-${crypto.randomUUID()}` } : {};
  return { lease: newLease(), subject, target, level: provider.level(target), end: noon, ...secret, ...over };
}

/** The same lease, now to be taken away down to what remains. */
export const without = <T>(intent: Intent<T>, remains: Level = 'none'): Intent<T> => ({
  ...intent,
  level: remains,
});

/** Runs a call that must throw a `Fault`, and hands the fault over. */
export async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof Fault) return outcome.error;
  if ('error' in outcome) throw new Error('threw something that is not a Fault', { cause: outcome.error });
  throw new Error(`expected a Fault, got ${JSON.stringify(outcome.value)}`);
}

const code = async (call: Promise<unknown>): Promise<FaultCode> => (await faultOf(call)).code;

/** A call whose answer may be lost: it either throws a fault that is worth a retry, or it succeeded. */
async function perhaps(call: Promise<unknown>): Promise<void> {
  const failed = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed === undefined) return;
  if (!(failed instanceof Fault)) throw failed;
  expect(FAULTS[failed.code]).toMatchObject({ retry: true });
}

function needed<F>(part: F | undefined, what: string): F {
  if (part === undefined)
    throw new Error(`this rig has no ${what}: give it one, or exempt the case with a reason`);
  return part;
}

/**
 * What every provider must do. A provider is finished when its own test passes it through here.
 *
 * @param name how the tests are titled
 * @param fresh makes a vendor with one account that holds nothing, and some bystanders
 * @param exempt cases that the vendor has no counterpart for, with the reason
 */
export function itKeepsTheContract<T>(
  name: string,
  fresh: () => Promise<Rig<T>> | Rig<T>,
  exempt: Exempt = {},
) {
  const stops: Effect[] = [];
  const open = async (): Promise<Rig<T>> => {
    const rig = await fresh();
    if (rig.stop) stops.push(rig.stop);
    return rig;
  };
  /** One case: a rig of its own, everything stopped afterwards, and nobody else's things touched. */
  const it = (title: string, run: (rig: Rig<T>) => Promise<void>, key?: keyof Exempt) => {
    const reason = key && exempt[key];
    if (reason) return test.skip(`${title} (does not apply: ${reason})`, () => undefined);
    return test(title, async () => run(await open()));
  };

  describe(`${name} keeps the contract`, () => {
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
    });
    repeats(it);
    lostAnswers(it);
    races(it);
    priorState(it);
    identity(it);
    badWeather(it);
    marks(it);
  });
}

type It<T> = (title: string, run: (rig: Rig<T>) => Promise<void>, key?: keyof Exempt) => void;

function repeats<T>(it: It<T>) {
  it('gives, shows a receipt, takes away, shows a receipt', async (rig) => {
    const { provider, world } = rig;
    const intent = await intentFor(rig);
    const before = await world.others();
    expect((await provider.ensurePresent(intent, never)).level).toBe(intent.level);
    expect(await world.level(intent)).toBe(intent.level);
    expect((await provider.ensureAbsent(without(intent), never)).level).toBe('none');
    expect(await world.level(intent)).toBe('none');
    expect(await world.others()).toEqual(before);
  });

  it('granting twice is granting once (I15)', async (rig) => {
    const { provider, world } = rig;
    const intent = await intentFor(rig);
    await provider.ensurePresent(intent, never);
    await provider.ensurePresent(intent, never);
    expect(await world.level(intent)).toBe(intent.level);
    await provider.ensureAbsent(without(intent), never);
    expect(await world.level(intent)).toBe('none');
  });

  it('revoking twice is revoking once', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
  });

  it('taking away what was never given succeeds, with a receipt', async (rig) => {
    const intent = await intentFor(rig);
    const receipt = await rig.provider.ensureAbsent(without(intent), never);
    expect(receipt.level).toBe('none');
    expect(receipt.seen).not.toBe('');
  });

  it('no receipt carries the secret (B73)', async (rig) => {
    const intent = await intentFor(rig);
    const receipts = [
      await rig.provider.ensurePresent(intent, never),
      await rig.provider.ensureAbsent(without(intent), never),
    ];
    if (intent.secret) expect(JSON.stringify(receipts)).not.toContain(intent.secret);
  });
}

function lostAnswers<T>(it: It<T>) {
  it('a lost reply on grant, then repeated, is one grant (F13)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.trouble.failNextWriteAfterApplying();
    await perhaps(rig.provider.ensurePresent(intent, never));
    await rig.provider.ensurePresent(intent, never);
    expect(await rig.world.level(intent)).toBe(intent.level);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a lost reply on grant, given up, leaves nothing after removal (F13)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.trouble.failNextWriteAfterApplying();
    await perhaps(rig.provider.ensurePresent(intent, never));
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a lost reply on revoke, then repeated, is a removal (F13)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await rig.trouble.failNextWriteAfterApplying();
    await perhaps(rig.provider.ensureAbsent(without(intent), never));
    expect((await rig.provider.ensureAbsent(without(intent), never)).level).toBe('none');
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a write that never arrived is tried again, on grant and on revoke (F12)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.trouble.failNextWriteBeforeApplying();
    await perhaps(rig.provider.ensurePresent(intent, never));
    await rig.provider.ensurePresent(intent, never);
    expect(await rig.world.level(intent)).toBe(intent.level);
    await rig.trouble.failNextWriteBeforeApplying();
    await perhaps(rig.provider.ensureAbsent(without(intent), never));
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it(
    'a grant that is accepted and does not show is not-verified (F14, B04)',
    async (rig) => {
      const intent = await intentFor(rig);
      await needed(rig.trouble.swallowNextWrite, 'swallowNextWrite')();
      expect(await code(rig.provider.ensurePresent(intent, never))).toBe('not-verified');
      await rig.provider.ensurePresent(intent, never);
      expect(await rig.world.level(intent)).toBe(intent.level);
    },
    'swallowed',
  );

  it(
    'a removal that is accepted and does not show is not-verified (F14, B04)',
    async (rig) => {
      const intent = await intentFor(rig);
      await rig.provider.ensurePresent(intent, never);
      await needed(rig.trouble.swallowNextWrite, 'swallowNextWrite')();
      expect(await code(rig.provider.ensureAbsent(without(intent), never))).toBe('not-verified');
      await rig.provider.ensureAbsent(without(intent), never);
      expect(await rig.world.level(intent)).toBe('none');
    },
    'swallowed',
  );

  it(
    'stale reads delay the yes and the no, and change neither (F15)',
    async (rig) => {
      const { provider, trouble, world } = rig;
      const stale = needed(trouble.staleReads, 'staleReads');
      const freshAgain = needed(trouble.freshReads, 'freshReads');
      const intent = await intentFor(rig);
      await stale();
      expect(await code(provider.ensurePresent(intent, never))).toBe('not-verified');
      await freshAgain();
      expect((await provider.ensurePresent(intent, never)).level).toBe(intent.level);
      await stale();
      expect(await code(provider.ensureAbsent(without(intent), never))).toBe('not-verified');
      await freshAgain();
      expect((await provider.ensureAbsent(without(intent), never)).level).toBe('none');
      expect(await world.level(intent)).toBe('none');
    },
    'stale',
  );

  it(
    'a removal is sent even while reads do not show the grant yet (F15, F41)',
    async (rig) => {
      const intent = await intentFor(rig);
      await needed(rig.trouble.staleReads, 'staleReads')();
      await perhaps(rig.provider.ensurePresent(intent, never));
      await perhaps(rig.provider.ensureAbsent(without(intent), never));
      await needed(rig.trouble.freshReads, 'freshReads')();
      expect(await rig.world.level(intent)).toBe('none');
    },
    'stale',
  );

  it(
    'a grant is sent even while reads still show what was removed (F15)',
    async (rig) => {
      const intent = await intentFor(rig);
      await rig.provider.ensurePresent(intent, never);
      await needed(rig.trouble.staleReads, 'staleReads')();
      await perhaps(rig.provider.ensureAbsent(without(intent), never));
      await perhaps(rig.provider.ensurePresent(intent, never));
      await needed(rig.trouble.freshReads, 'freshReads')();
      expect(await rig.world.level(intent)).toBe(intent.level);
    },
    'stale',
  );
}

function races<T>(it: It<T>) {
  it('two attempts to grant at the same time are one grant (F41)', async (rig) => {
    const intent = await intentFor(rig);
    await Promise.all([
      perhaps(rig.provider.ensurePresent(intent, never)),
      perhaps(rig.provider.ensurePresent(intent, never)),
    ]);
    await rig.provider.ensurePresent(intent, never);
    expect(await rig.world.level(intent)).toBe(intent.level);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('two attempts to revoke at the same time are one removal (F41)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await Promise.all([
      perhaps(rig.provider.ensureAbsent(without(intent), never)),
      perhaps(rig.provider.ensureAbsent(without(intent), never)),
    ]);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a grant racing its own removal ends removed once the removal is repeated (F16, F41)', async (rig) => {
    const intent = await intentFor(rig);
    await Promise.allSettled([
      rig.provider.ensurePresent(intent, never),
      rig.provider.ensureAbsent(without(intent), never),
    ]);
    expect((await rig.provider.ensureAbsent(without(intent), never)).level).toBe('none');
    expect(await rig.world.level(intent)).toBe('none');
  });
}

/** What stood before, and the other leases. Own objects share nothing, which is a case of its own. */
function priorState<T>(it: It<T>) {
  it('nobody else and no other lease is touched (I6, B14)', async (rig) => {
    const { provider, target, world } = rig;
    const before = await world.others();
    const [one, two] = [await intentFor(rig), await intentFor(rig)];
    await provider.ensurePresent(one, never);
    await provider.ensurePresent(two, never);
    const remains = provider.ownObject(target) ? 'none' : two.level;
    await provider.ensureAbsent(without(one, remains), never);
    expect(await world.level(two)).toBe(two.level);
    await provider.ensureAbsent(without(two), never);
    expect(await world.level(two)).toBe('none');
    expect(await world.others()).toEqual(before);
  });

  it('observes nothing on a new account', async (rig) => {
    const { provider, account, target } = rig;
    const seen: Observation = await provider.observe({ account, target }, never);
    expect(seen.level).toBe('none');
    expect(seen.subject.id).not.toBe('');
  });

  it(
    'standing access is observed before and still there afterwards (I5, B16)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      await needed(world.setLevel, 'setLevel')(provider.level(target));
      const prior = await provider.observe({ account, target }, never);
      expect(prior.level).toBe(provider.level(target));
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await provider.ensureAbsent(without(intent, prior.level), never);
      expect(await world.level(intent)).toBe(prior.level);
    },
    'standing',
  );

  it(
    'every lower level is restored exactly (I5)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      const rungs = provider.ladder(target);
      for (const lower of rungs.slice(1, rungs.indexOf(provider.level(target)))) {
        await needed(world.setLevel, 'setLevel')(lower);
        expect((await provider.observe({ account, target }, never)).level).toBe(lower);
        const intent = await intentFor(rig);
        await provider.ensurePresent(intent, never);
        expect(await world.level(intent)).toBe(intent.level);
        expect((await provider.ensureAbsent(without(intent, lower), never)).level).toBe(lower);
        expect(await world.level(intent)).toBe(lower);
      }
    },
    'standing',
  );

  it(
    'a higher standing level is not lowered by a grant (I5, B16)',
    async (rig) => {
      const { provider, target, world } = rig;
      const higher = provider.ladder(target).at(-1) ?? 'none';
      if (higher === provider.level(target)) return; // nothing is higher than what this target asks for
      await needed(world.setLevel, 'setLevel')(higher);
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      expect(await world.level(intent)).toBe(higher);
    },
    'standing',
  );

  it(
    'a removal never brings back what somebody else took away meanwhile (F25, I22)',
    async (rig) => {
      const { provider, target, world } = rig;
      const setLevel = needed(world.setLevel, 'setLevel');
      await setLevel(provider.level(target));
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await setLevel('none');
      expect((await provider.ensureAbsent(without(intent, intent.level), never)).level).toBe('none');
      expect(await world.level(intent)).toBe('none');
    },
    'standing',
  );
}

function identity<T>(it: It<T>) {
  it(
    'an account made again under the same name gets nothing and loses nothing (F24, T32)',
    async (rig) => {
      const { provider, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.recreateAccount, 'recreateAccount')();
      const standing = !provider.ownObject(rig.target) && world.setLevel;
      if (standing) await standing(intent.level);
      expect(await code(provider.ensurePresent(intent, never))).toBe('subject-changed');
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
      expect(await world.level(intent)).toBe(standing ? intent.level : 'none');
    },
    'account',
  );

  it(
    'an account that is gone: no grant, and removal succeeds (F24)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.deleteAccount, 'deleteAccount')();
      expect(await code(provider.observe({ account, target }, never))).toBe('subject-missing');
      expect(await code(provider.ensurePresent(intent, never))).toBe('subject-missing');
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
    },
    'account',
  );

  it(
    'a target that is gone: no grant, and removal succeeds (F32, B07)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.deleteTarget, 'deleteTarget')();
      expect(await code(provider.observe({ account, target }, never))).toBe('target-missing');
      expect(await code(provider.ensurePresent(intent, never))).toBe('target-missing');
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
    },
    'target-deleted',
  );

  it('what we gave is gone already: removal succeeds (F24)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await rig.world.deleteOurs(intent);
    expect(await rig.provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
  });
}

function badWeather<T>(it: It<T>) {
  it(
    'throttled is throttled, with the vendor’s own wait, and worth a retry (F11)',
    async (rig) => {
      const throttle = needed(rig.trouble.throttleNext, 'throttleNext');
      const intent = await intentFor(rig);
      for (const call of [
        () => rig.provider.ensurePresent(intent, never),
        () => rig.provider.ensureAbsent(without(intent), never),
      ]) {
        const wait = await throttle();
        const fault = await faultOf(call());
        expect([fault.code, fault.retryAfterMs, fault.retry]).toEqual(['provider-throttled', wait, true]);
        await call();
      }
    },
    'throttled',
  );

  it('no answer: the signal ends the wait, and it counts as unknown (F23)', async (rig) => {
    const intent = await intentFor(rig);
    for (const call of [
      (signal: AbortSignal) => rig.provider.ensurePresent(intent, signal),
      (signal: AbortSignal) => rig.provider.ensureAbsent(without(intent), signal),
    ]) {
      const stop = new AbortController();
      const { reached } = rig.trouble.hangNext();
      const fault = faultOf(call(stop.signal));
      await reached;
      stop.abort();
      expect((await fault).code).toBe('provider-unavailable');
      await call(never);
    }
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a signal that has fired already stops everything before the first write', async (rig) => {
    const intent = await intentFor(rig);
    expect(await code(rig.provider.ensurePresent(intent, AbortSignal.abort()))).toBe('provider-unavailable');
    expect(await rig.world.level(intent)).toBe('none');
  });
}

function marks<T>(it: It<T>) {
  it(
    'what is ours is listed with its lease and its end while granted, and not afterwards',
    async (rig) => {
      const { provider } = rig;
      const intent = await intentFor(rig);
      const mine = async () =>
        (await provider.listManaged(never)).filter(({ lease }) => lease === intent.lease);
      expect(await mine()).toEqual([]);
      await provider.ensurePresent(intent, never);
      expect(await mine()).toMatchObject([
        { lease: intent.lease, end: intent.end, subject: intent.subject.name },
      ]);
      await provider.ensureAbsent(without(intent), never);
      expect(await mine()).toEqual([]);
    },
    'marks',
  );

  it('lists nothing of other people’s', async ({ provider }) => {
    expect(await provider.listManaged(never)).toEqual([]);
  });

  it(
    'preflight is content with enough rights, and names what a weaker credential lacks',
    async (rig) => {
      expect((await rig.provider.preflight(never)).missing).toEqual([]);
      const weak = await needed(rig.powerless, 'powerless').preflight(never);
      expect(weak.ok).toBe(false);
      expect(weak.missing.length).toBeGreaterThan(0);
    },
    'preflight',
  );
}

/** Junk that every `parseTarget` must refuse with a sentence. Add the provider's own rows beside these. */
export const junk: readonly (readonly [what: string, json: unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a text', 'orders'],
  ['a list', []],
  ['an empty object', {}],
  ['a prototype key', JSON.parse('{"__proto__": {"kind": "policy"}}')],
  ['a constructor', { constructor: { prototype: {} } }],
  ['only unknown fields', { colour: 'red' }],
];

/**
 * Holds a provider's `parseTarget` to a table of bad input.
 *
 * @param rows what is wrong, the JSON, and a word that the sentence must contain (the field's name)
 */
export function itRefusesTargets<T>(
  provider: () => Provider<T>,
  rows: readonly (readonly [what: string, json: unknown, names: string])[],
) {
  test.each(junk)('parseTarget refuses %s', (_what, json) => {
    const parsed = provider().parseTarget(json);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error).toMatch(/^[^\n]{10,300}$/);
  });
  test.each(rows)('parseTarget refuses %s', (_what, json, names) => {
    const parsed = provider().parseTarget(json);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) {
      expect(parsed.error).toContain(names);
      expect(parsed.error).toMatch(/^[^\n]{10,300}$/);
    }
  });
}
