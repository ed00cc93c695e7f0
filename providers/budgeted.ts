import type { AttemptKind, Turns } from '../core/turns.ts';
import { type CallQueue, openCallQueue } from './call-queue.ts';
import type { Provider, TakeTurn } from './provider.ts';

/** The methods that only end access. Their calls are removals, whoever calls them. */
const REMOVALS: ReadonlySet<string> = new Set(['ensureAbsent', 'cutOff', 'endManaged']);
/** So many attempts may begin in each minute at least, at a provider that does not say what an attempt costs. */
const LEAST_ATTEMPTS = 30;

/**
 * A provider whose calls keep within its rate. `create` gets what its client calls before each call to the vendor, so each call is
 * counted once, where it is made. A call that is part of no attempt is an attempt of its own.
 */
export function budgeted(
  name: string,
  create: (takeTurn: TakeTurn) => Provider,
  now?: () => number,
): Provider {
  let provider: Provider | undefined;
  const queue = openCallQueue({
    name,
    perMinute: () => provider?.rateBudget ?? 1,
    ...(now === undefined ? {} : { now }),
  });
  provider = create(queue.takeTurn);
  return withTurns(provider, queue);
}

type Method = (...given: readonly unknown[]) => unknown;

function withTurns(provider: Provider, queue: CallQueue, shared?: Turns): Provider {
  if (!Number.isFinite(provider.rateBudget)) return provider;
  const pointsOf = (kind: AttemptKind, target?: unknown): number =>
    provider.attemptPoints?.(kind, target) ?? Math.max(1, Math.floor(provider.rateBudget / LEAST_ATTEMPTS));
  const inTurn: NonNullable<Provider['inTurn']> = ({ kind, key, target }, signal, work) =>
    queue.run({ kind, key, points: pointsOf(kind, target) }, signal, work, shared);

  /** The same provider. Every method that gets a signal as its last argument, so that it calls the vendor, is an attempt. */
  const withKinds = (kindOf: (method: string) => AttemptKind): Provider => ({
    ...(Object.fromEntries(
      Object.entries(provider).map(([method, value]: [string, unknown]) => [
        method,
        typeof value === 'function' ? asAttempt(value as Method, kindOf(method)) : value,
      ]),
    ) as unknown as Provider),
    inTurn,
  });
  const asAttempt =
    (method: Method, kind: AttemptKind): Method =>
    (...given) => {
      const signal = given.map(signalIn).find((each) => each !== undefined);
      return signal
        ? queue.run({ kind, points: pointsOf(kind) }, signal, async () => method(...given), shared)
        : method(...given);
    };
  return {
    ...withKinds((method) => (REMOVALS.has(method) ? 'end' : 'other')),
    asRemoval: withKinds(() => 'end'),
    sharing: (turns) => withTurns(provider, queue, turns),
  };
}

/** `discover` gets its signal inside of another argument. */
const signalIn = (given: unknown): AbortSignal | undefined => {
  const signal = given instanceof AbortSignal ? given : Object(given).signal;
  return signal instanceof AbortSignal ? signal : undefined;
};
