import type { Service } from './processes.ts';
import { LaunchError } from './launch-error.ts';

const PROBE_MS = 40;

/** `where` is the address of the program. It has `boundMs` to answer. */
type Started = Readonly<{ name: string; where: string; service: Service; boundMs: number }>;

/**
 * Calls `probe` until it returns something. When the program ends first, or does not answer in time, it is stopped,
 * and the `LaunchError` holds the last lines that it wrote.
 */
export async function untilReady<T>(
  { name, where, service, boundMs }: Started,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  let ended: string | undefined;
  let last: unknown;
  const exited = service.exited.then((how) => void (ended = how));
  for (const end = performance.now() + boundMs; ended === undefined && performance.now() < end;) {
    const answered = probe().catch((error: unknown) => void (last = error));
    const answer = await Promise.race([answered, exited]);
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  const why = ended ?? `${name} did not answer within ${boundMs / 1000} seconds`;
  await service.stop();
  throw new LaunchError('did-not-start', { where, ...explain(why, service.tail()) }, { cause: last });
}

const explain = (why: string, tail: string): Readonly<{ what: string; remedy: string }> =>
  tail.trim() === ''
    ? {
        what: `${why}, and it wrote nothing to its log`,
        remedy: 'Start again. This machine may have been too busy, or out of memory.',
      }
    : {
        what: `${why}. The last lines of its log:\n${tail}`,
        remedy: 'Read the log in the folder "logs". It says why.',
      };
