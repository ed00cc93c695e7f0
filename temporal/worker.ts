import type { PayloadCodec } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { dataConverterOf } from './data-converter.ts';
import { MAIN_QUEUE, taskQueueOf } from '../workflows/messages.ts';

export type Workers = Readonly<{
  connection: NativeConnection;
  namespace: string;
  /** Those of the workflows' task queue, and those of each provider's. */
  activities: Readonly<{ workflows: object; providers: object }>;
  /** Encrypts what Temporal keeps. Left out where the histories are to be read, in tests. */
  codec?: PayloadCodec;
  /** Left out in a process that only serves providers. */
  bundle?: WorkflowBundle;
  /** The names of the providers whose activities this process runs. Each has its own task queue. */
  providers: readonly string[];
  queue?: string;
  maxCachedWorkflows?: number;
}>;

/** Runs workers until told to stop: one for the workflows, one for each provider. */
export async function startWorkers(
  options: Workers,
): Promise<{ stop(): Promise<void>; failed: Promise<never> }> {
  const { connection, namespace, activities, codec, bundle, providers, queue = MAIN_QUEUE } = options;
  const common = {
    connection,
    namespace,
    ...(codec ? { dataConverter: dataConverterOf(codec) } : {}),
    shutdownGraceTime: '25s',
    shutdownForceTime: '55s',
  } as const;
  const cached =
    options.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: options.maxCachedWorkflows };
  const workers = [
    ...(bundle
      ? [
          await Worker.create({
            ...common,
            ...cached,
            activities: activities.workflows,
            workflowBundle: bundle,
            taskQueue: queue,
          }),
        ]
      : []),
    ...(await Promise.all(
      providers.map((name) =>
        Worker.create({ ...common, activities: activities.providers, taskQueue: taskQueueOf(queue, name) }),
      ),
    )),
  ];
  const running = workers.map((worker) => worker.run());
  const failed = Promise.all(running).then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined); // Without this, a failure that nobody awaits would end the process.
  return {
    failed,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(running);
    },
  };
}
