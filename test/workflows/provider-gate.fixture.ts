import { Fault, type FaultCode } from '../../core/faults.ts';
import type { Provider } from '../../providers/provider.ts';

type Call = 'observe' | 'ensurePresent' | 'ensureAbsent';

/** A call that is paused: before it reaches the vendor, or after it changed it and before the answer. */
export type Held = Readonly<{ reached: Promise<void>; release(): void }>;

/** A provider whose named calls a test can pause or make fail. It ignores cancellation, as some SDKs do. */
export type Gate = Readonly<{
  provider: Provider;
  /** The next call of that name is paused on that side of its effect until released. */
  pauseNext(call: Call, side: 'before' | 'after'): Held;
  /** From now on that call fails, until the returned function is called. */
  failFrom(call: Call, error?: FaultCode | Error): () => void;
  /** How often each call was attempted. */
  countOf(call: Call): number;
}>;

type Stop = { call: Call; side: 'before' | 'after'; met: () => void; until: Promise<void> };

export function gate(inner: Provider): Gate {
  const stops: Stop[] = [];
  const broken = new Map<Call, FaultCode | Error>();
  const tried = new Map<Call, number>();

  const stand = async (call: Call, side: Stop['side']) => {
    const index = stops.findIndex((stop) => stop.call === call && stop.side === side);
    const [stop] = index < 0 ? [] : stops.splice(index, 1);
    stop?.met();
    await stop?.until;
  };
  const around = async <T>(call: Call, work: () => Promise<T>): Promise<T> => {
    tried.set(call, (tried.get(call) ?? 0) + 1);
    const error = broken.get(call);
    if (error) throw error instanceof Error ? error : new Fault(error, 'a test makes this call fail');
    await stand(call, 'before');
    const value = await work();
    await stand(call, 'after');
    return value;
  };

  return {
    provider: {
      ...inner,
      observe: (...args) => around('observe', () => inner.observe(...args)),
      ensurePresent: (...args) => around('ensurePresent', () => inner.ensurePresent(...args)),
      ensureAbsent: (...args) => around('ensureAbsent', () => inner.ensureAbsent(...args)),
    },
    pauseNext(call, side) {
      let met: () => void = () => undefined;
      let release: () => void = () => undefined;
      const reached = new Promise<void>((done) => (met = done));
      const until = new Promise<void>((done) => (release = done));
      stops.push({ call, side, met, until });
      return { reached, release };
    },
    failFrom(call, error = 'provider-unavailable') {
      broken.set(call, error);
      return () => void broken.delete(call);
    },
    countOf: (call) => tried.get(call) ?? 0,
  };
}
