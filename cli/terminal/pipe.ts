import { EXIT } from './exit.ts';

type Listener = (error: NodeJS.ErrnoException) => void;
type Stream = Readonly<Record<'on' | 'off', (event: 'error', listener: Listener) => unknown>>;
const OUTPUTS: readonly Stream[] = [process.stdout, process.stderr];

/**
 * Ends the process without a message when the program that reads its output has ended, such as `head`. A command that is not
 * finished yet has said so with `unfinished`, so its exit code is not that of success.
 */
export function endWhenNobodyReads(streams = OUTPUTS): void {
  for (const stream of streams) stream.on('error', end);
}

/** Undoes `endWhenNobodyReads`, for a service: it goes on without a reader. What writes to the output gets the error. */
export function goOnWhenNobodyReads(streams = OUTPUTS): void {
  for (const stream of streams) {
    for (const earlier of [end, throwOthers]) stream.off('error', earlier);
    stream.on('error', throwOthers);
  }
}

function end(error: NodeJS.ErrnoException): void {
  throwOthers(error);
  process.exit(process.exitCode ?? EXIT.done);
}

function throwOthers(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Runs work that is not done when the process ends during it: the exit code is then that of a failure. */
export async function unfinished<T>(work: () => Promise<T>): Promise<T> {
  process.exitCode = EXIT.failed;
  const value = await work();
  process.exitCode = undefined;
  return value;
}
