import { fakeProvider, fakeVendor } from '../providers/fake/index.ts';
import type { FakeTarget } from '../providers/fake/index.ts';
import type { Provider } from '../providers/provider.ts';

export type VendorLimits = Readonly<{
  /** How long the vendor takes for one call. */
  latencyMs: number;
  /** How many calls it handles at the same time. The others wait. */
  cap: number;
}>;

/** A vendor that is slow and has a limit, and counts its calls. Before `slowDown` it answers at once. */
export type SlowVendor = Readonly<{
  provider: Provider<FakeTarget>;
  slowDown(): void;
  /** The calls since it is slow. */
  calls(): number;
  /** When it removed each access first, in milliseconds since 1970. */
  removedAt(): readonly number[];
}>;

export function slowVendor({ latencyMs, cap }: VendorLimits): SlowVendor {
  const levels = new Map<string, string>();
  const removedAt = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let isSlow = false;
  let calls = 0;
  let running = 0;

  async function call<T>(work: () => T): Promise<T> {
    if (!isSlow) return work();
    calls += 1;
    if (running >= cap) await new Promise<void>((free) => waiting.push(free));
    else running += 1;
    await new Promise((done) => setTimeout(done, latencyMs));
    const result = work();
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
    return result;
  }

  const keyOf = (account: string, { resource }: FakeTarget): string => `${account} ${resource}`;
  const nothing = { append: () => undefined, read: () => [] };
  const provider: Provider<FakeTarget> = {
    ...fakeProvider(fakeVendor(nothing)),
    mostAtOnce: cap,
    // Who has a target is not part of the measurement.
    discover: (target) => Promise.resolve({ target, accesses: [], calls: 1 }),
    async observe({ account, target }) {
      const level = await call(() => levels.get(keyOf(account, target)) ?? 'none');
      return { subject: { id: account, name: account }, level, sources: [], target };
    },
    async ensurePresent({ subject, target, level }) {
      await call(() => void levels.set(keyOf(subject.id, target), level));
      return { level, seen: level };
    },
    /** One call that removes, and one that reads back. */
    async ensureAbsent({ subject, target, level }) {
      const key = keyOf(subject.id, target);
      await call(() => {
        levels.set(key, level);
        if (!removedAt.has(key)) removedAt.set(key, Date.now());
      });
      const seen = await call(() => levels.get(key) ?? 'none');
      return { level: seen, seen };
    },
  };
  return {
    provider,
    slowDown: () => void (isSlow = true),
    calls: () => calls,
    removedAt: () => [...removedAt.values()],
  };
}
