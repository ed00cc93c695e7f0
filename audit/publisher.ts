import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../core/faults.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { WAITS } from '../core/waits.ts';
import { type LogDeps, lostSentence, type PlaceState, readPlace } from './compare-with-log.ts';
import type { Place, Update } from './places/place.ts';
import { settled, type Taking } from './settled.ts';
import { storedUpdate } from './update.ts';
import { within } from './within.ts';

/** Reads one place and publishes the newest checkpoint there, so that a slow place delays no other one. */
export interface PlacePublisher {
  state(): PlaceState;
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
/** A place that lacks many entries gets more time for them. */
const MS_PER_ENTRY = 2;

/** `readAgainMs`: how often a place that does not show this log is read again, because its disk may come back. */
export type Publishing = Taking & Readonly<{ readAgainMs: number }>;

const WITHHELD =
  'Nothing is granted before the witness cosigns. To go on without it, remove it from CURFEW_LOG_PLACES';

export function publishAt(place: Place, deps: LogDeps, publishing: Publishing): PlacePublisher {
  const { ledger, report } = deps;
  const stopped = new AbortController();
  const { signal } = stopped;
  let state: PlaceState = 'unread';
  let publishedSize = 0;
  let next: Update | undefined;
  let working: Promise<void> | undefined;
  const calls = oneAtATime();
  const call = <T>(ms: number, work: (limit: AbortSignal) => Promise<T>): Promise<T> =>
    within(ms, signal, (limit) => calls(limit, () => work(limit)));

  const failed = async (problem: string): Promise<Outcome> => {
    report.error({ place: place.name, error: problem }, 'the log is not published there');
    const told = place.kind === 'witness' ? `${problem}. ${WITHHELD}` : problem;
    await ledger.recordPublishFailure({ place: place.name, kind: place.kind }, told).catch(() => undefined); // The ledger is away. The log of the process says it too.
    return FAILED;
  };
  const attempt = (work: () => Promise<Outcome>): Promise<Outcome> =>
    work().catch((error: unknown) => (signal.aborted ? FAILED : failed(messageOf(error))));

  const readOnce = async (): Promise<Outcome> => {
    const read = await readPlace(place, deps, call);
    if (read.state === 'shows-nothing') return ask(read.before);
    state = read.state;
    if (read.problem === undefined) return DONE;
    return state === 'lost' ? showsLess(read.problem) : (await failed(read.problem), DONE);
  };
  const showsLess = async (problem: string): Promise<Outcome> => {
    await ledger.recordPlaceLost(place.name, problem);
    await failed(problem);
    return DONE;
  };
  /**
   * Asks a witness that shows nothing to cosign the newest checkpoint of the ledger once more. Its answer says whether it knows another log. One
   * that has forgotten what it cosigned would accept every log, so it gets nothing.
   */
  const ask = async (before: number): Promise<Outcome> => {
    const stored = await storedUpdate(ledger, deps.keys);
    state = stored ? 'lost' : 'new';
    if (!stored) return DONE;
    publishedSize = before;
    return publishOnce({ ...stored, publishedBefore: before });
  };
  const tellLost = async (was: number): Promise<void> => {
    const problem = lostSentence(was, publishedSize);
    report.error({ place: place.name, error: problem }, 'a place lost what was published there');
    await ledger.recordPlaceLost(place.name, problem);
  };
  const publishOnce = async (update: Update): Promise<Outcome> => {
    if (await ledger.isQuarantined()) return { kind: 'later', afterMs: RETRY_MS };
    const { size } = update.checkpoint;
    const ms = WAITS.logPlace.ms + MS_PER_ENTRY * Math.max(0, size - publishedSize);
    const published = await call(ms, (limit) => place.publish(update, limit));
    if (published.kind === 'later') return published;
    if (published.kind === 'lost') return showsLess(lostSentence(published.size, publishedSize));
    const was = published.kind === 'published' ? published.before : undefined;
    if (was !== undefined && was < publishedSize) await tellLost(was);
    const has = await settled(place, published, { ...deps, ...publishing, update, failed });
    if (has === undefined) return FAILED;
    [state, publishedSize] = ['agrees', Math.max(publishedSize, has)];
    return DONE;
  };
  const work = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted && (state === 'unread' || next);) {
      const update = state === 'unread' ? undefined : next;
      const outcome = await attempt(update ? () => publishOnce(update) : readOnce);
      if (outcome.kind === 'done' && next === update) next = undefined;
      failures = outcome.kind === 'failed' ? failures + 1 : 0;
      if (outcome.kind === 'later') await pause(outcome.afterMs, signal);
      if (failures > 0) await pause(Math.min(RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS), signal);
    }
    working = undefined;
  };
  const start = (): void => void (working ??= work());
  start();
  const reading = setInterval(() => {
    if (state !== 'lost' && state !== 'foreign') return;
    state = 'unread';
    start();
  }, publishing.readAgainMs);
  return {
    state: () => state,
    publish(update) {
      next = update;
      start();
    },
    async stop() {
      clearInterval(reading);
      stopped.abort(new Error('the sequencer stops'));
      await working;
    },
  };
}

/** Waits, or until it is stopped. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined);
