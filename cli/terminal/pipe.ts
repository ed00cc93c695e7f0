import { EXIT } from './exit.ts';

type Stream = Readonly<{ on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown }>;

/**
 * Ends the process without a message when the program that reads its output has ended, such as `head`. A command that is not
 * finished yet has said so with `unfinished`, so its exit code is not that of success.
 */
export function endWhenNobodyReads(streams: readonly Stream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams)
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? EXIT.done);
    });
}

/** Runs work that is not done when the process ends during it: the exit code is then that of a failure. */
export async function unfinished<T>(work: () => Promise<T>): Promise<T> {
  process.exitCode = EXIT.failed;
  const value = await work();
  process.exitCode = undefined;
  return value;
}
