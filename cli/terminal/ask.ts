import { createInterface } from 'node:readline/promises';

type Terminal = Readonly<{ input: NodeJS.ReadableStream; output: NodeJS.WritableStream }>;

/** True when a person can read the output and answer a question. */
export const isInteractive = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Asks a question and returns the answer without white space around it. An input that ends, and Ctrl-C, are an empty answer. */
export async function ask(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<string> {
  const lines = createInterface({ input, output });
  const ended = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.once('SIGINT', () => resolve(''));
  });
  try {
    return (await Promise.race([lines.question(question), ended])).trim();
  } finally {
    lines.close();
  }
}
