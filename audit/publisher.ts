import { messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import type { LogLedger } from '../ledger/index.ts';
import { tileReader } from './log-reader.ts';
import { openCheckpoint } from './note/open.ts';
import type { Place, Published, Update } from './places/place.ts';
import { rootAt } from './tree/proofs.ts';
import type { LogKeys } from './update.ts';

type Report = Readonly<Record<'info' | 'warn' | 'error', (details: object, message: string) => void>>;
type Deps = Readonly<{ ledger: LogLedger; keys: LogKeys; report: Report }>;

/** Publishes the newest checkpoint in one place, so that a slow place delays no other one. */
export interface PlacePublisher {
  /** True when what the place has was read and compared with the log. */
  isRead(): boolean;
  /** Reads the place unless that was done. A place that cannot be read is read the next time. It does not throw. */
  readOnce(): Promise<void>;
  /** Publishes this checkpoint, or a newer one that is given meanwhile. It is tried again until the place takes it. */
  publish(update: Update): void;
  stop(): Promise<void>;
}

/** How an attempt ended. `later`: the place takes no checkpoint before that. */
type Outcome = Readonly<{ kind: 'done' | 'failed' } | { kind: 'later'; afterMs: number }>;
const DONE: Outcome = { kind: 'done' };
const FAILED: Outcome = { kind: 'failed' };

const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

export function publishAt(place: Place, deps: Deps): PlacePublisher {
  const { ledger, report } = deps;
  const stopped = new AbortController();
  const { signal } = stopped;
  let isRead = false;
  let next: Update | undefined;
  let working: Promise<void> | undefined;

  const limited = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(WAITS.logPlace.ms)]);
  const failed = async (problem: string): Promise<void> => {
    report.error({ place: place.name, error: problem }, 'the log is not published there');
    await ledger.noteUnpublished(place.name, problem).catch(() => undefined); // The ledger is away. The log says it too.
  };
  const publishOnce = async (update: Update): Promise<Outcome> => {
    try {
      const published = await place.publish(update, limited());
      if (published.kind === 'later') return published;
      return (await settled(place, published, { ...deps, update, failed })) ? DONE : FAILED;
    } catch (error) {
      if (!signal.aborted) await failed(messageOf(error));
      return FAILED;
    }
  };
  const work = async (): Promise<void> => {
    for (let failures = 0; next && !signal.aborted;) {
      const update = next;
      const outcome = await publishOnce(update);
      if (outcome.kind === 'done' && next === update) next = undefined;
      failures = outcome.kind === 'failed' ? failures + 1 : 0;
      if (outcome.kind === 'later') await pause(outcome.afterMs, signal);
      if (failures > 0) await pause(Math.min(RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS), signal);
    }
    working = undefined;
  };
  return {
    isRead: () => isRead,
    async readOnce() {
      if (isRead) return;
      try {
        const note = await place.newest(limited());
        if (note !== undefined && note !== '') await compareWithLog(place, note, deps);
        const lost = await lostThere(place, note, deps);
        if (lost !== undefined) await failed(lost);
        isRead = true;
      } catch (error) {
        if (!signal.aborted) await failed(messageOf(error));
      }
    },
    publish(update) {
      next = update;
      working ??= work();
    },
    async stop() {
      stopped.abort();
      await working;
    },
  };
}

type Attempt = Deps & Readonly<{ update: Update; failed: (problem: string) => Promise<void> }>;

type Settled = Exclude<Published, { kind: 'later' }>;

/** Records how an attempt to publish ended. True when the place has the checkpoint, or a later one of this log. */
async function settled(place: Place, published: Settled, attempt: Attempt): Promise<boolean> {
  const { ledger, update, failed } = attempt;
  const { size } = update.checkpoint;
  switch (published.kind) {
    case 'published': {
      await ledger.storeCheckpoint({ size, note: update.note });
      const cosignatures = published.cosignatures.split('\n').filter((line) => line !== '');
      await ledger.notePublished({ place: place.name, size, cosignatures });
      return true;
    }
    case 'ahead':
    case 'fork':
      if (published.note === undefined)
        await failed(`it says that it has another checkpoint of this log, of ${published.size} entries`);
      else if (await compareWithLog(place, published.note, attempt)) return true;
      else await failed('what it has is not a state of this log');
      return false;
    case 'altered':
      await failed(`${published.path} is not what the log wrote there: ${published.why}`);
      return false;
    case 'refused':
      await failed(published.why);
      return false;
  }
}

/**
 * Compares what a place has with the log. When a key of the log signed it, and it is not a state of this log, the ledger was restored or
 * changed: it goes into quarantine. True when it is a state of this log; then it is stored, because it was published.
 */
async function compareWithLog(
  { name }: Place,
  note: string,
  { ledger, keys, report }: Deps,
): Promise<boolean> {
  const opened = openCheckpoint(note, keys.trusted);
  if (!opened.ok) {
    report.error({ place: name, error: opened.error }, 'what the place has is no checkpoint of this log');
    return false;
  }
  const { size, root } = opened.value;
  const progress = await ledger.logProgress();
  const differs =
    progress.size < size ? 'has more of the log than the ledger' : await differsAt(ledger, size, root);
  if (differs === undefined) {
    if (size > 0) await ledger.storeCheckpoint({ size, note });
    return true;
  }
  await ledger.quarantineForLog(
    `the ${name} ${differs}: its checkpoint has ${size} entries, and the log here has ${progress.size}. The ledger was restored from an older state, or somebody changed it`,
  );
  return false;
}

/**
 * What is missing in a place that had more before: its disk is not mounted, or somebody put an older copy there. It is published there again.
 * A witness need not show what it has.
 */
async function lostThere(
  { name, kind }: Place,
  note: string | undefined,
  { ledger, keys }: Deps,
): Promise<string | undefined> {
  const before = (await ledger.logPlaces()).find((place) => place.name === name)?.size ?? 0;
  const opened = note === undefined ? undefined : openCheckpoint(note, keys.trusted);
  const size = opened?.ok ? opened.value.size : 0;
  if (kind === 'witness' || size >= before) return undefined;
  return `it shows ${size} entries, and ${before} were published there. Something was removed there, or an older copy was put in its place`;
}

async function differsAt(ledger: LogLedger, size: number, root: Buffer): Promise<string | undefined> {
  return (await rootAt(size, tileReader(ledger))).equals(root)
    ? undefined
    : 'has another log than the ledger, signed with the same key';
}

/** Waits, or until it is stopped. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
