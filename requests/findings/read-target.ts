import { limitedSignal } from '../../core/limited-signal.ts';
import { Fault } from '../../core/faults.ts';
import { WAITS } from '../../core/waits.ts';
import type { FoundAccess, FoundPage, Provider } from '../../providers/provider.ts';
import type { Deps } from '../deps.ts';

/** Everybody who has a target. An account that was on several pages is here once, with all its sources. */
export type WholeTarget = Omit<FoundPage<unknown>, 'next' | 'calls'>;

/** At most this part of a provider's calls is for reading what is there, where the provider does not say. Grants and revocations have the rest. */
const READ_PART = 4;
/** So long one reading may wait for its calls. */
const LONGEST_MS = 10 * 60_000;
const POLL_MS = 1_000;
/** A target with more pages is one of which nobody can say that every account was approved. */
const MOST_PAGES = 500;

export const readsPerMinute = ({
  rateBudget,
  readBudget = rateBudget / READ_PART,
}: Pick<Provider, 'rateBudget' | 'readBudget'>): number => Math.max(1, readBudget);

/**
 * Reads all pages of a target. An error on any page is an error of the whole reading: a shorter list would say that access is gone
 * which is there.
 */
export async function readTarget(
  { ledger }: Pick<Deps, 'ledger'>,
  provider: Provider,
  target: unknown,
  stop: AbortSignal,
): Promise<WholeTarget> {
  const found = new Map<string, FoundAccess>();
  let whole: WholeTarget = { target, accesses: [] };
  let page: string | undefined;
  const deadline = performance.now() + LONGEST_MS;
  for (let number = 0; number < MOST_PAGES; number += 1) {
    await waitForCalls(ledger, provider, { deadline, stop });
    const signal = limitedSignal(stop, WAITS.attempt.ms);
    const {
      accesses,
      next,
      calls,
      hidden = 0,
      managedBy,
      target: completed,
    } = await provider.discover(target, { page, signal });
    const perMinute = readsPerMinute(provider);
    if (calls > 1) await ledger.takeCalls(provider.name, { calls: calls - 1, perMinute, force: true });
    for (const access of accesses) {
      const key = access.lease ?? access.subject.id;
      found.set(key, joined(provider.ladder(completed), found.get(key), access));
    }
    whole = {
      ...whole,
      target: completed,
      hidden: (whole.hidden ?? 0) + hidden,
      ...(managedBy === undefined ? {} : { managedBy }),
    };
    if (next === undefined) return { ...whole, accesses: [...found.values()] };
    page = next;
  }
  throw new Fault(
    'provider-refused',
    `${provider.name}: the target has more than ${MOST_PAGES} pages of accounts`,
  );
}

/** What two pages say of one account. */
function joined(ladder: readonly string[], one: FoundAccess | undefined, other: FoundAccess): FoundAccess {
  if (!one) return other;
  const isHigher = ladder.indexOf(other.level) > ladder.indexOf(one.level) || !ladder.includes(other.level);
  const whyNoRevoke = one.whyNoRevoke ?? other.whyNoRevoke;
  return {
    ...one,
    level: isHigher ? other.level : one.level,
    sources: [...one.sources, ...other.sources],
    ...(whyNoRevoke === undefined ? {} : { whyNoRevoke }),
  };
}

/** Waits until the budget that all sweepers share has a call left. */
async function waitForCalls(
  ledger: Deps['ledger'],
  provider: Provider,
  { deadline, stop }: Readonly<{ deadline: number; stop: AbortSignal }>,
): Promise<void> {
  while (!(await ledger.takeCalls(provider.name, { calls: 1, perMinute: readsPerMinute(provider) }))) {
    stop.throwIfAborted();
    if (performance.now() > deadline)
      throw new Fault(
        'provider-throttled',
        `${provider.name}: the reading had to wait too long for its calls`,
      );
    await new Promise((resolve) => void setTimeout(resolve, POLL_MS));
  }
}
