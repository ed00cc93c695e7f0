import { CommandError } from './exit.ts';

const BOUND_MS = 20_000;
const LOOK_MS = 100;

/** Looks until there is something to see; says what to do when nobody answers. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined | null>): Promise<T> {
  const until = performance.now() + BOUND_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null) return seen;
    if (performance.now() > until)
      throw new CommandError(
        'failed',
        `Waited ${BOUND_MS / 1000} s for ${what}. What you said is written down and will be acted on once Curfew's gateway and worker run ("curfew doctor" says what is missing).`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
