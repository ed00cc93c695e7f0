import type { Bound } from '../bind.ts';
import {
  logProgress,
  cosignaturesAt,
  checkpointAt,
  newestCheckpoint,
  storeCheckpoint,
  oldestUnpublished,
  logPlaces,
  recordPublished,
  recordPublishFailure,
  forgetProblemsExcept,
  recordPlaceLost,
  recordLogKeys,
  quarantineForLog,
  checkpointFrom,
} from './checkpoints.ts';
import { orderCopy, isCopyCovered } from './copies.ts';
import {
  claimExamination,
  saveExamination,
  lastExamination,
  leasesWithAccess,
  alteredAccess,
  quarantineForDifferences,
} from './examination.ts';
import { findMissedRows } from './gaps.ts';
import { readLogPart } from './part.ts';
import { addEventPartitions, partitionsEnd } from './partitions.ts';
import { purgedEntries, purgedBefore } from './purged.ts';
import { rowsOfEntries, accessEntries } from './rows.ts';
import { sequence } from './sequence.ts';
import { entriesOfRequest, type LogSnapshot } from './snapshot.ts';
import { strayRows } from './stray-rows.ts';
import { claimStream, recordSent, recordSendFailure, releaseStream, streams } from './streams.ts';
import { readLogTile } from './tiles.ts';

export type { LogPlace, LogProgress, PublishedCheckpoint } from './checkpoints.ts';
export type { CopyOrder } from './copies.ts';
export type { AlteredAccess, Examination, LastExamination } from './examination.ts';
export type { LogPart } from './part.ts';
export type { PurgedEntry } from './purged.ts';
export type { IndexedRow, LogRow, NumberedRow } from './rows.ts';
export { OtherLogError, type SequenceResult, type TreeRules } from './sequence.ts';
export type { EventTexts, LogSnapshot, RecordedRow } from './snapshot.ts';
export type { Stream, StreamClaim } from './streams.ts';
export type { LogTile, TilePlace } from './tiles.ts';

/** The part of the ledger about the log: the Merkle tree over what was recorded. */
export const LOG = {
  query: {
    findMissedRows,
    logProgress,
    rowsOfEntries,
    purgedEntries,
    purgedBefore,
    addEventPartitions,
    partitionsEnd,
    entriesOfRequest,
    orderCopy,
    isCopyCovered,
    cosignaturesAt,
    checkpointAt,
    accessEntries,
    claimStream,
    recordSent,
    releaseStream,
    streams,
    newestCheckpoint,
    storeCheckpoint,
    oldestUnpublished,
    logPlaces,
    recordPublishFailure,
    forgetProblemsExcept,
    recordPlaceLost,
    recordLogKeys,
    quarantineForLog,
    readLogTile,
    claimExamination,
    saveExamination,
    lastExamination,
    checkpointFrom,
    leasesWithAccess,
    alteredAccess,
  },
  tx: { sequence, recordSendFailure, recordPublished, readLogPart, strayRows, quarantineForDifferences },
};

export interface LogLedger extends Bound<typeof LOG> {
  /** Runs work on one snapshot of the whole log. */
  onLogSnapshot<T>(work: (snapshot: LogSnapshot) => Promise<T>): Promise<T>;
}
