import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Places } from './wiring.ts';
import type { Kind, Order } from './worker.ts';

/** A worker process that answers questions. */
export type Child = Readonly<{
  /** Processor time it has used so far, in milliseconds. */
  cpuMs(): Promise<number>;
  /** Its resident memory, in bytes, after what nobody uses was freed. */
  memory(): Promise<number>;
  /** Empties what it would otherwise drag along from round to round. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}>;

export async function startChild(kind: Kind, places: Places): Promise<Child> {
  const file = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const child = fork(file, [kind, JSON.stringify(places)], { execArgv: ['--expose-gc', '--import', 'tsx'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const reply = () =>
    Promise.race([
      new Promise<unknown>((resolve) => child.once('message', resolve)),
      ended.then(() => Promise.reject(new Error(`the ${kind} worker ended`))),
    ]);
  const query = async (order: Order): Promise<number> => {
    const answer = reply();
    child.send(order);
    return (await answer) as number;
  };
  await reply();
  return {
    cpuMs: () => query('cpu'),
    memory: () => query('memory'),
    forget: async () => void (await query('forget')),
    async stop() {
      child.send('stop' satisfies Order);
      await ended;
    },
  };
}
