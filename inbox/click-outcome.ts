import type { ClickId } from '../core/ids.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { Ledger } from '../ledger/index.ts';

/**
 * What became of a click. It is stored with the click, for a person or a command that waits. `started`: the request is
 * on its way to be judged. `answered`: the ledger recorded the answer.
 */
export type ClickOutcome = Readonly<{ kind: 'started' | 'answered' } | { kind: 'refused'; refusal: Refusal }>;

const LOOK_AGAIN_MS = 150;

/** The outcome of a click once a worker decided it; undefined when it has none after `atMostMs` milliseconds. */
export async function waitForOutcome(
  ledger: Pick<Ledger, 'clickOutcome'>,
  click: ClickId,
  atMostMs: number,
): Promise<ClickOutcome | undefined> {
  const end = performance.now() + atMostMs;
  for (;;) {
    const outcome = (await ledger.clickOutcome(click)) as ClickOutcome | undefined;
    if (outcome || performance.now() >= end) return outcome;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
