import type { Client } from '@temporalio/client';
import type { Child } from './child.ts';
import type { Live } from './lives.ts';

/** What one round cost: per life, and in events of one life's history. */
export type Round = Readonly<{ cpuMs: number; perSecond: number; events: number }>;
export type Side = Readonly<{ child: Child; live: Live }>;
export type Size = Readonly<{ rounds: number; lives: number; atOnce: number }>;

/** A B A B …, so that whatever else the machine does falls on both. The first of each only warms up. */
export async function interleave(
  client: Client,
  a: Side,
  b: Side,
  size: Size,
): Promise<readonly Readonly<{ a: Round; b: Round }>[]> {
  const pairs: { a: Round; b: Round }[] = [];
  for (let number = 0; number <= size.rounds; number += 1) {
    const pair = { a: await round(client, a, size), b: await round(client, b, size) };
    if (number > 0) pairs.push(pair);
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  return pairs;
}

async function round(client: Client, { child, live }: Side, { lives, atOnce }: Size): Promise<Round> {
  await child.forget();
  const workflows: string[] = [];
  const before = await child.cpuMs();
  const start = performance.now();
  let begun = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async (_, slot) => {
      while (begun < lives) {
        begun += 1;
        workflows.push(await live(slot));
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const cpuMs = (await child.cpuMs()) - before;
  const { historyLength } = await client.workflow.getHandle(workflows[0] ?? '').describe();
  return { cpuMs: cpuMs / lives, perSecond: lives / seconds, events: historyLength };
}
