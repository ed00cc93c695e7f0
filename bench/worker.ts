import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Runtime } from '@temporalio/worker';
import { providerActivities, requestActivities } from '../activities/index.ts';
import { startWorkers } from '../temporal/worker.ts';
import { workflowBundle } from '../temporal/workflow-bundle.ts';
import { type Places, wire } from './wiring.ts';

/**
 * A worker in a process of its own, so that its cost is measured apart from its caller's. It runs Curfew's
 * workflow or the bare one, by its first argument, with the same settings otherwise.
 */
export type Order = 'cpu' | 'memory' | 'forget' | 'stop';
export const QUEUES = { curfew: 'bench-curfew', bare: 'bench-bare' } as const;
export type Kind = keyof typeof QUEUES;

const nothing = () => undefined;
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

async function serve(kind: Kind, places: Places): Promise<void> {
  process.on('disconnect', () => process.exit(1)); // the parent process ended
  Runtime.install({ logger: quiet, shutdownSignals: [] });
  const deps = kind === 'curfew' ? wire(places) : undefined;
  const connection = await NativeConnection.connect({ address: places.temporal });
  const workers = await startWorkers({
    connection,
    namespace: 'default',
    queue: QUEUES[kind],
    ...(deps
      ? {
          activities: { workflows: requestActivities(deps), providers: providerActivities(deps) },
          bundle: await workflowBundle(),
          providers: ['fake'],
        }
      : {
          activities: { workflows: { one: idle, two: idle, three: idle }, providers: {} },
          bundle: await bundleBare(),
          providers: [],
        }),
  });
  process.on('message', (order: Order) => {
    if (order === 'forget') deps?.forget();
    if (order !== 'stop') return void process.send?.(order === 'memory' ? residentBytes() : cpuMs());
    return void workers
      .stop()
      .then(() => connection.close())
      .then(() => deps?.stop())
      .then(() => process.exit(0));
  });
  process.send?.('ready');
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

const idle = () => Promise.resolve();
const bundleBare = () =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
    logger: quiet,
  });

if (process.argv[1] === import.meta.filename)
  await serve(process.argv[2] as Kind, JSON.parse(process.argv[3] ?? '') as Places);
