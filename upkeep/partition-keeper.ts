import { messageOf } from '../core/faults.ts';
import type { Deps } from '../requests/deps.ts';
import { repeat } from './repeat.ts';

const EVERY_SECONDS = 3_600;

type PartitionKeeperOptions = Readonly<{
  log: Readonly<Record<'error', (details: object, message: string) => void>>;
}>;

/** Keeps partitions of the trail for the next two quarters, until stopped. */
export const runPartitionKeeper = (
  { ledger }: Pick<Deps, 'ledger'>,
  { log }: PartitionKeeperOptions,
): { stop(): Promise<void> } =>
  repeat(async () => void (await ledger.addEventPartitions()), {
    everySeconds: EVERY_SECONDS,
    onError: (error) =>
      log.error({ error: messageOf(error) }, 'the trail got no new partition; trying again in an hour'),
  });
