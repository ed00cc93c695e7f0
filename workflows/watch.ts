import { condition, setHandler } from '@temporalio/workflow';
import type { RequestId } from '../core/ids.ts';
import type { Progress } from '../core/request/progress.ts';
import { look } from './activities.ts';
import { positive } from './clock.ts';
import { lastProgress, wakeUp } from './messages.ts';

/**
 * What the workflow knows of its request: what the ledger said last. The ledger's state is the one that counts, so a
 * message makes the workflow look there, and nothing else.
 */
export type Watch = Readonly<{
  progress(): Progress;
  learn(progress: Progress): void;
  look(): Promise<void>;
  /** How many messages came. */
  messages(): number;
  /** Waits for a message after the first `since`, or after the last look, but not longer than `ms` milliseconds. */
  waitForNews(limit: Readonly<{ ms?: number; since?: number }>): Promise<void>;
}>;

export function watchRequest(request: RequestId): Watch {
  let progress: Progress = { kind: 'blank' };
  let messages = 0;
  let messagesSeen = 0;
  setHandler(wakeUp, () => void (messages += 1));
  setHandler(lastProgress, () => progress);

  /** Activities that run at the same time may return in another order. Nothing comes after the end. */
  const learn = (next: Progress): void => void (progress = progress.kind === 'closed' ? progress : next);
  return {
    progress: () => progress,
    learn,
    async look() {
      messagesSeen = messages; // A message that comes during the look may be newer than what it sees.
      learn(await look(request));
    },
    messages: () => messages,
    async waitForNews({ ms, since }) {
      const hasNews = (): boolean => messages > (since ?? messagesSeen);
      if (ms === undefined) await condition(hasNews);
      else await condition(hasNews, positive(ms));
    },
  };
}
