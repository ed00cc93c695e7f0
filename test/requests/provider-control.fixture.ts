import { Fault, type FaultCode } from '../../core/faults.ts';
import type { Provider } from '../../providers/provider.ts';

type Call = 'observe' | 'ensurePresent' | 'ensureAbsent' | 'moveEnd';
type Side = 'before' | 'after';

/** A call that is paused before it reaches the vendor, or after the vendor applied it and before the answer. */
export type PausedCall = Readonly<{ reached: Promise<void>; release(): void }>;

/** A provider whose calls a test can pause or make fail. It ignores cancellation, as some SDKs do. */
export type ProviderControl = Readonly<{
  provider: Provider;
  /** Pauses the next call of that name, before or after its effect, until the test releases it. */
  pauseNext(call: Call, side: Side): PausedCall;
  /** Releases every paused call, so that what waits for it can end. */
  releaseAll(): void;
  /** Makes every call of that name fail, until the returned function is called. */
  failFrom(call: Call, error?: FaultCode | Error): () => void;
  /** How often the call was attempted. */
  countOf(call: Call): number;
}>;

const noMoveEnd = (): never => {
  throw new Error('the provider has no moveEnd');
};

type Pause = { call: Call; side: Side; markReached: () => void; released: Promise<void> };

export function controlProvider(inner: Provider): ProviderControl {
  const pauses: Pause[] = [];
  const releases: (() => void)[] = [];
  const failures = new Map<Call, FaultCode | Error>();
  const attempts = new Map<Call, number>();

  const waitIfPaused = async (call: Call, side: Side) => {
    const index = pauses.findIndex((pause) => pause.call === call && pause.side === side);
    const [pause] = index < 0 ? [] : pauses.splice(index, 1);
    pause?.markReached();
    await pause?.released;
  };
  const controlled = async <T>(call: Call, work: () => Promise<T>): Promise<T> => {
    attempts.set(call, (attempts.get(call) ?? 0) + 1);
    const error = failures.get(call);
    if (error) throw error instanceof Error ? error : new Fault(error, 'a test makes this call fail');
    await waitIfPaused(call, 'before');
    const value = await work();
    await waitIfPaused(call, 'after');
    return value;
  };

  return {
    provider: {
      ...inner,
      observe: (...args) => controlled('observe', () => inner.observe(...args)),
      ensurePresent: (...args) => controlled('ensurePresent', () => inner.ensurePresent(...args)),
      ensureAbsent: (...args) => controlled('ensureAbsent', () => inner.ensureAbsent(...args)),
      ...(inner.moveEnd && {
        moveEnd: (...args) => controlled('moveEnd', () => inner.moveEnd?.(...args) ?? noMoveEnd()),
      }),
    },
    pauseNext(call, side) {
      let markReached: () => void = () => undefined;
      let release: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (markReached = resolve));
      const released = new Promise<void>((resolve) => (release = resolve));
      pauses.push({ call, side, markReached, released });
      releases.push(release);
      return { reached, release };
    },
    releaseAll: () => releases.splice(0).forEach((release) => release()),
    failFrom(call, error = 'provider-unavailable') {
      failures.set(call, error);
      return () => void failures.delete(call);
    },
    countOf: (call) => attempts.get(call) ?? 0,
  };
}
