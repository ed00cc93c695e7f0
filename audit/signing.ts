import { compareWithLog, type LogDeps } from './compare-with-log.ts';
import { tileReader } from './log-reader.ts';
import { storedCheckpoint } from './newest-checkpoint.ts';
import type { Checkpoint } from './note/checkpoint.ts';
import { verifierKey } from './note/vkey.ts';
import type { PlacePublisher } from './publisher.ts';
import { rootAt } from './tree/proofs.ts';
import { signedUpdate } from './update.ts';

/** Signs checkpoints and gives them to the places. */
export interface Signing {
  /** False while nobody knows whether the log here is the one that was published. */
  mayBegin(): Promise<boolean>;
  /** Signs the log as it is, when there is something new and its time has come. Without `isUrgent` the time comes every `everyMs`. */
  sign(isUrgent: boolean): Promise<void>;
}

const NOTHING_IS_SIGNED =
  'nothing is signed, and so nothing is granted: no place shows a state of this log. Bring a place back, or leave only new ones in CURFEW_LOG_PLACES';

export function signing(
  deps: LogDeps,
  publishers: readonly Pick<PlacePublisher, 'state' | 'publish'>[],
  everyMs: number,
): Signing {
  const { ledger, keys } = deps;
  let hasBegun = false;
  let isTold = false;
  let last: Checkpoint | undefined;
  let signedAt = -Infinity;

  /** Whether the log still begins with the last checkpoint that this process signed. When it does not, the ledger goes into quarantine. */
  async function isStillTheSame(size: number): Promise<boolean> {
    if (!last) return true;
    if (size >= last.size && (await rootAt(last.size, tileReader(ledger))).equals(last.root)) return true;
    await ledger.quarantineForLog(
      `this process signed the log with ${last.size} entries, and the log here has ${size} and is another one. The ledger was restored from an older state, or somebody changed it`,
    );
    return false;
  }

  /** Once all places are read, and none of them shows the log, only a person can go on. */
  function tellOnce(): false {
    if (isTold || publishers.some((publisher) => publisher.state() === 'unread')) return false;
    isTold = true;
    deps.report.error({}, NOTHING_IS_SIGNED);
    return false;
  }

  return {
    async mayBegin() {
      if (hasBegun) return true;
      if (!(await isPublishedLog(deps, publishers))) return tellOnce();
      await ledger.recordLogKeys(
        keys.signers.map(({ name, privateKey }) => verifierKey(name, privateKey).text),
      );
      return (hasBegun = true);
    },
    async sign(isUrgent) {
      const { size } = await ledger.logProgress();
      if (!(await isStillTheSame(size)) || size === (last?.size ?? 0)) return;
      if (!isUrgent && performance.now() - signedAt < everyMs) return;
      const update = await signedUpdate(ledger, keys, size);
      [last, signedAt] = [update.checkpoint, performance.now()];
      for (const publisher of publishers) publisher.publish(update);
    },
  };
}

/**
 * Whether the log here is known to be the one that was published: a place has a state of it, or nothing was published yet, or all places are
 * new. The newest note of the ledger must be signed with a known key and be a state of the log too.
 */
async function isPublishedLog(
  deps: LogDeps,
  publishers: readonly Pick<PlacePublisher, 'state'>[],
): Promise<boolean> {
  const { ledger, keys } = deps;
  const newest = await storedCheckpoint(ledger, keys.trusted);
  if (newest && !(await compareWithLog('ledger itself', newest.note, deps))) return false;
  const states = publishers.map((publisher) => publisher.state());
  if (states.includes('agrees')) return true;
  return newest ? states.every((state) => state === 'new') : states.includes('new');
}
