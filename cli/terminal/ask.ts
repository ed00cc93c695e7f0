import { createInterface } from 'node:readline/promises';

type Terminal = Readonly<{ input: NodeJS.ReadableStream; output: NodeJS.WritableStream }>;

/** True when a person can read the output and answer a question. */
export const isInteractive = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** The process is told to end, or its terminal was closed. */
const ENDS = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Asks a question and returns the answer without white space around it. An input that ends, Ctrl-C and a signal to end are an empty
 * answer, so what comes after the question can still restore the terminal.
 */
export async function ask(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<string> {
  const lines = createInterface({ input, output });
  const ended = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.once('SIGINT', () => resolve(''));
  });
  const close = () => lines.close();
  for (const signal of ENDS) process.once(signal, close);
  try {
    return (await Promise.race([lines.question(question), ended])).trim();
  } finally {
    for (const signal of ENDS) process.off(signal, close);
    close();
  }
}
