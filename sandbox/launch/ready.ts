import type { Service } from './processes.ts';
import { LaunchError } from './launch-error.ts';

const LOOK_MS = 40;

/**
 * Asks `probe` until it answers something, for at most `boundMs`. When the program ends first, or never
 * answers, it is stopped and its last words are in the `Trouble`.
 */
export async function untilReady<T>(
  name: string,
  where: string,
  service: Service,
  boundMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  let ended: string | undefined;
  let last: unknown;
  const exited = service.exited.then((how) => void (ended = how));
  for (const end = performance.now() + boundMs; ended === undefined && performance.now() < end;) {
    const asked = probe().catch((error: unknown) => void (last = error));
    const answer = await Promise.race([asked, exited]);
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const why = ended ?? `${name} did not answer within ${boundMs / 1000} seconds`;
  await service.stop();
  throw new LaunchError(
    'did-not-start',
    {
      what: `${why}. Its last words:\n${service.tail()}`,
      where,
      remedy: `Read the log in the folder "logs"; it says why.`,
    },
    { cause: last },
  );
}
