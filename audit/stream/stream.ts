import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../core/faults.ts';
import type { LogLedger, StreamClaim } from '../../ledger/index.ts';
import { openCheckpoint } from '../note/open.ts';
import type { VerifierKey } from '../note/vkey.ts';
import { type Format, recordOf } from './formats.ts';
import { limitedSink, type SinkLimits } from './limited-sink.ts';
import { readActivities } from './read-activities.ts';
import { type Sink, SinkUnavailable } from './sink.ts';

/** A sink and the format of its records. */
export type Stream = Readonly<{ sink: Sink; format: Format }>;

/** The log of this name. A checkpoint of it counts when one of the keys signed it. */
export type StreamedLog = Readonly<{ name: string; trusted: readonly VerifierKey[] }>;

export type StreamLedger = Pick<
  LogLedger,
  | 'claimStream'
  | 'recordSent'
  | 'recordSendFailure'
  | 'releaseStream'
  | 'newestCheckpoint'
  | 'rowsOfEntries'
  | 'readLogTile'
  | 'accessEntries'
>;

type Report = Readonly<Record<'error', (details: object, message: string) => void>>;

/** `everyMs`: how often it looks for new records. `retryMs`: the pause after the first failure, which doubles with each further one. */
type Options = SinkLimits & Readonly<{ report: Report; everyMs?: number; retryMs?: number }>;

/** How many entries are read at once. */
const MOST_ENTRIES = 256;
const EVERY_MS = 2_000;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** A process that was killed keeps its claim this long. It is longer than one attempt to send. */
const CLAIM_MS = 90_000;

/** Sends what published checkpoints cover to every sink, in the order of the log, until it is stopped. A sink that is down delays no other one. */
export function runStreamer(
  ledger: StreamLedger,
  log: StreamedLog,
  streams: readonly Stream[],
  { report, everyMs = EVERY_MS, retryMs = RETRY_MS, ...limits }: Options,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const by = randomUUID();
  const run = async ({ sink: given, format }: Stream): Promise<void> => {
    const sink = limitedSink(given, signal, limits);
    const claim: StreamClaim = { sink: sink.name, log: log.name, by, forMs: CLAIM_MS };
    /** The size of the log of which the sink has everything. */
    let done = 0;
    const pass = async (): Promise<boolean> => {
      const size = await publishedSize(ledger, log);
      if (size === done) return false;
      const sent = await sendNext(ledger, log, { sink, format, claim, size }, signal);
      if (sent === 'all') done = size;
      return sent === 'some';
    };
    for (let failures = 0; !signal.aborted;) {
      try {
        const mayHaveMore = await pass();
        failures = 0;
        if (!mayHaveMore) await pause(everyMs, signal);
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        report.error({ sink: sink.name, error: messageOf(error) }, 'records are not sent there');
        await ledger.recordSendFailure(claim, messageOf(error)).catch(() => undefined); // The ledger is unavailable. The line above is in the log of this process.
        await pause(pauseMs(error, failures, retryMs), signal);
      }
    }
    // While an attempt has not ended, or without the ledger, another process waits until the claim is over.
    if (!sink.hangs()) await ledger.releaseStream(claim).catch(() => undefined);
    await sink.close().catch((error: unknown) => {
      report.error({ sink: sink.name, error: messageOf(error) }, 'it was not closed');
    });
  };
  const running = streams.map(run);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** How long to wait after so many failures, in milliseconds. */
function pauseMs(error: unknown, failures: number, retryMs: number): number {
  const statedMs = (error instanceof SinkUnavailable ? error.retryAfterMs : undefined) ?? 0;
  return Math.min(Math.max(retryMs * 2 ** Math.min(failures - 1, 20), statedMs), LONGEST_RETRY_MS);
}

type Sending = Stream & Readonly<{ claim: StreamClaim; size: number }>;

/** Sends the next records of the first `size` to one sink. It says whether the sink has all of them, got some, or another process sends. */
async function sendNext(
  ledger: StreamLedger,
  log: StreamedLog,
  { sink, format, claim, size }: Sending,
  signal: AbortSignal,
): Promise<'all' | 'some' | 'claimed'> {
  const next = await ledger.claimStream(claim);
  if (next === undefined) return 'claimed';
  if (next >= size) return 'all';
  const activities = await readActivities(ledger, log.name, next, Math.min(size, next + MOST_ENTRIES));
  const sent = await sink.send(
    activities.map((activity) => recordOf(activity, format)),
    signal,
  );
  await ledger.recordSent(claim, next + sent);
  return 'some';
}

/** How many entries the newest published checkpoint of this log has. Zero while the ledger has the log of another name. */
async function publishedSize(ledger: StreamLedger, { name, trusted }: StreamedLog): Promise<number> {
  const newest = await ledger.newestCheckpoint();
  if (!newest) return 0;
  const opened = openCheckpoint(newest.note, trusted);
  if (!opened.ok) throw new Error(`the newest checkpoint: ${opened.error}`);
  return opened.value.origin === name ? opened.value.size : 0;
}

/** Waits, or until it is stopped. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined);
