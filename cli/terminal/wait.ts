import { CommandError } from './exit.ts';

const TIMEOUT_MS = 20_000;
const POLL_MS = 100;

/** Polls until `look` returns something. After the timeout it throws an error that says what to do. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined | null>): Promise<T> {
  const until = performance.now() + TIMEOUT_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null) return seen;
    if (performance.now() > until)
      throw new CommandError(
        'failed',
        `Waited ${TIMEOUT_MS / 1000} s for ${what}. Your command is recorded. Curfew carries it out when its worker runs ("curfew doctor" shows what is missing).`,
      );
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
