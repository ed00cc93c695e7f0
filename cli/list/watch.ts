import { InvalidArgumentError } from 'commander';

/** Reads the seconds of `--watch`. */
export function parseInterval(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 1 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('The interval is a number of seconds from 1 to 3600.');
}

export const USUAL_INTERVAL = 2;

type Watched = Readonly<{
  /** The lines to show now. */
  draw: () => Promise<readonly string[]>;
  /** Waits until the next time. Its result is true when the person wants to stop. */
  wait: () => Promise<boolean>;
  /** The rows of the terminal. */
  height: () => number;
  write: (text: string) => void;
}>;

// ECMA-48: move the cursor to the top left corner, erase to the end of a line, erase everything below.
const [TOP, END_OF_LINE, BELOW] = ['\u001b[H', '\u001b[K', '\u001b[J'];
/** What xterm calls the alternate screen. On leaving it, the terminal shows again what it showed before. */
const [ENTER, LEAVE] = ['\u001b[?1049h', '\u001b[?1049l'];

/** Draws until the person stops. A line that does not fit below is left out, so that the screen never scrolls. */
export async function watching({ draw, wait, height, write }: Watched): Promise<void> {
  write(ENTER);
  try {
    do {
      const lines = (await draw()).slice(0, Math.max(1, height() - 1));
      write(TOP + lines.map((line) => `${line}${END_OF_LINE}\n`).join('') + BELOW);
    } while (!(await wait()));
  } finally {
    write(LEAVE);
  }
}
