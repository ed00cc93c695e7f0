import type { CallPurpose } from '../core/rate-budget.ts';
import { type CallQueue, openCallQueue } from './call-queue.ts';
import type { Provider, TakeTurn } from './provider.ts';

/** The methods that only end access. Their calls are removals, whoever calls them. */
const REMOVALS: ReadonlySet<string> = new Set(['ensureAbsent', 'cutOff', 'endManaged']);

/**
 * A provider whose calls keep within its budget. `create` gets what its client calls before each call to the vendor, so each call is
 * counted once, where it is made.
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
  const created = create(queue.takeTurn);
  provider = created;
  return {
    ...inTurns(created, queue, (method) => (REMOVALS.has(method) ? 'removal' : 'other')),
    asRemoval: inTurns(created, queue, () => 'removal'),
  };
}

type Method = (...given: readonly unknown[]) => unknown;

/** The same provider. Every method that gets a signal as its last argument, so that it calls the vendor, runs for a purpose. */
const inTurns = (
  provider: Provider,
  queue: CallQueue,
  purposeOf: (method: string) => CallPurpose,
): Provider =>
  Object.fromEntries(
    Object.entries(provider).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'function' ? inTurn(value as Method, queue, purposeOf(name)) : value,
    ]),
  ) as unknown as Provider;

const inTurn =
  (method: Method, queue: CallQueue, purpose: CallPurpose): Method =>
  (...given) => {
    const signal = given.at(-1);
    return signal instanceof AbortSignal
      ? queue.run(purpose, signal, async () => method(...given))
      : method(...given);
  };
