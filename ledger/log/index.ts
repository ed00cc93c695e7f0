import type { Instant } from '../../core/ids.ts';
import type { Db } from '../pool.ts';
import * as checkpoints from './checkpoints.ts';
import { type CopyOrder, isCopyCovered, orderCopy } from './copies.ts';
import { type ExaminationLedger, examinationLedger } from './examination.ts';
import { findMissed } from './gaps.ts';
import { addEventPartitions, partitionsEnd } from './partitions.ts';
import { type PurgedEntry, purgedBefore, purgedEntries } from './purged.ts';
import * as logRows from './rows.ts';
import { sequence, type Sequenced, type TreeRules } from './sequence.ts';
import { entriesOfRequest, type LogSnapshot, onSnapshot } from './snapshot.ts';
import * as streams from './streams.ts';
import { readTiles, type TilePlace } from './tiles.ts';

export type { LogPlace, LogProgress, PublishedCheckpoint } from './checkpoints.ts';
export type { CopyOrder } from './copies.ts';
export type { AlteredAccess, Examination, ExaminationLedger, LastExamination } from './examination.ts';
export type { LogPart } from './part.ts';
export type { PurgedEntry } from './purged.ts';
export type { IndexedRow, LogRow, NumberedRow } from './rows.ts';
export { OtherLogError, type Sequenced, type TreeRules } from './sequence.ts';
export type { EventTexts, LogSnapshot, RecordedRow } from './snapshot.ts';
export type { Stream, StreamClaim } from './streams.ts';
export type { LogTile, TilePlace } from './tiles.ts';

/** The part of the ledger about the log: the Merkle tree over what was recorded. */
export interface LogLedger extends ExaminationLedger {
  /**
   * Adds up to `most` committed rows to the log of this name, in order. Undefined when another process does it just now. Throws
   * `OtherLogError` when the ledger has the log of another name.
   */
  sequence(pass: Readonly<{ name: string; most: number; rules: TreeRules }>): Promise<Sequenced | undefined>;
  /** Makes gaps of rows with numbers from `from` to `to` that the log does not have, so that the next pass takes them. Returns how many. */
  findMissedRows(from: number, to: number): Promise<number>;
  logProgress(): Promise<checkpoints.LogProgress>;
  /** The hashes of a tile. Throws when there is no such tile. */
  readLogTile(place: TilePlace): Promise<Buffer>;
  /** The rows of the entries `from` to `to`, without `to`. One that is missing in its table is undefined. */
  rowsOfEntries(from: number, to: number): Promise<readonly (logRows.LogRow | undefined)[]>;
  /** Those of the entries `from` to `to`, without `to`, whose rows are gone with a purge. */
  purgedEntries(from: number, to: number): Promise<readonly PurgedEntry[]>;
  /** The requests that were made before this time are gone. Undefined while nothing was purged. */
  purgedBefore(): Promise<Instant | undefined>;

  /** Adds the partitions of the trail for the next two quarters. Returns how many were missing. */
  addEventPartitions(): Promise<number>;
  /** The requests that are made from this time on have no partition yet. */
  partitionsEnd(): Promise<Instant | undefined>;
  /** The events of a request with their indices in the log. */
  entriesOfRequest(request: string): Promise<readonly logRows.IndexedRow[]>;
  /** Runs work on one snapshot of the whole log. */
  onLogSnapshot<T>(work: (snapshot: LogSnapshot) => Promise<T>): Promise<T>;
  /** Records that somebody orders a copy of the log with answers. Throws `OverLimit`. */
  orderCopy(order: CopyOrder): Promise<Readonly<{ id: string; at: Instant }>>;
  /** True when a published checkpoint covers the entry of an order. */
  isCopyCovered(id: string): Promise<boolean>;
  /** The lines with which witnesses cosigned the published checkpoint of this size. */
  cosignaturesAt(size: number): Promise<readonly string[]>;
  /** The published note of this size; undefined when there is none. */
  checkpointAt(size: number): Promise<checkpoints.PublishedCheckpoint | undefined>;

  /** The entries of these requests that say who requested what, and which account and level each lease has. */
  accessEntries(requests: readonly string[]): ReturnType<typeof logRows.accessEntries>;

  /** Claims a stream for this process, or renews its claim. Undefined while another process has it. Returns the index of the next record. */
  claimStream(claim: streams.StreamClaim): Promise<number | undefined>;
  /** Records that a stream has every record before `next`. It changes nothing when another process claimed it meanwhile. */
  recordSent(claim: streams.StreamClaim, next: number): Promise<void>;
  recordSendFailure(claim: streams.StreamClaim, problem: string): Promise<void>;
  releaseStream(claim: streams.StreamClaim): Promise<void>;
  streams(): Promise<readonly streams.Stream[]>;

  newestCheckpoint(): Promise<checkpoints.PublishedCheckpoint | undefined>;
  storeCheckpoint(checkpoint: Readonly<{ size: number; note: string }>): Promise<void>;
  /** When the oldest row was recorded that no published checkpoint covers; undefined when all are. */
  oldestUnpublished(): Promise<Instant | undefined>;
  logPlaces(): Promise<readonly checkpoints.LogPlace[]>;
  recordPublished(published: Parameters<typeof checkpoints.recordPublished>[1]): Promise<void>;
  recordPublishFailure(
    place: Parameters<typeof checkpoints.recordPublishFailure>[1],
    problem: string,
  ): Promise<void>;
  /** Forgets why publishing failed at places that are no longer in the settings. */
  forgetProblemsExcept(places: readonly string[]): Promise<void>;
  recordPlaceLost(place: string, loss: string): Promise<void>;
  /** Records which keys sign from now on, unless they are the ones of the last time. It becomes an entry of the log. */
  recordLogKeys(keys: readonly string[]): Promise<void>;
  /** Begins a quarantine, because a place has more of the log than this ledger. */
  quarantineForLog(reason: string): Promise<void>;
}

/** Runs work on a connection to the database. */
type Run = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

/** `tx` runs work in a transaction, and `query` runs one statement. */
export const logLedger = (query: Run, tx: Run): LogLedger => ({
  ...examinationLedger(query, tx),
  sequence: (pass) => tx((db) => sequence(db, pass)),
  findMissedRows: (from, to) => query((db) => findMissed(db, from, to)),
  logProgress: () => query(checkpoints.logProgress),
  async readLogTile(place) {
    const [tile] = await query((db) => readTiles(db, [place]));
    if (!tile) throw new Error(`the log has no tile ${place.level}/${place.n}`);
    return tile.hashes;
  },
  rowsOfEntries: (from, to) => query((db) => logRows.rowsOfEntries(db, from, to)),
  purgedEntries: (from, to) => query((db) => purgedEntries(db, from, to)),
  purgedBefore: () => query(purgedBefore),
  addEventPartitions: () => query(addEventPartitions),
  partitionsEnd: () => query(partitionsEnd),
  entriesOfRequest: (request) => query((db) => entriesOfRequest(db, request)),
  onLogSnapshot: (work) => tx((db) => onSnapshot(db, work)),
  orderCopy: (order) => query((db) => orderCopy(db, order)),
  isCopyCovered: (id) => query((db) => isCopyCovered(db, id)),
  cosignaturesAt: (size) => query((db) => checkpoints.cosignaturesAt(db, size)),
  checkpointAt: (size) => query((db) => checkpoints.checkpointAt(db, size)),
  accessEntries: (requests) => query((db) => logRows.accessEntries(db, requests)),
  claimStream: (claim) => query((db) => streams.claimStream(db, claim)),
  recordSent: async (claim, next) => void (await query((db) => streams.recordSent(db, claim, next))),
  recordSendFailure: (claim, problem) => tx((db) => streams.recordSendFailure(db, claim, problem)),
  releaseStream: async (claim) => void (await query((db) => streams.releaseStream(db, claim))),
  streams: () => query(streams.streams),
  newestCheckpoint: () => query(checkpoints.newestCheckpoint),
  storeCheckpoint: async (checkpoint) =>
    void (await query((db) => checkpoints.storeCheckpoint(db, checkpoint))),
  oldestUnpublished: () => query(checkpoints.oldestUnpublished),
  logPlaces: () => query(checkpoints.logPlaces),
  recordPublished: (published) => tx((db) => checkpoints.recordPublished(db, published)),
  recordPublishFailure: async (place, problem) =>
    void (await query((db) => checkpoints.recordPublishFailure(db, place, problem))),
  forgetProblemsExcept: async (places) =>
    void (await query((db) => checkpoints.forgetProblemsExcept(db, places))),
  recordPlaceLost: async (place, loss) =>
    void (await query((db) => checkpoints.recordPlaceLost(db, place, loss))),
  recordLogKeys: async (keys) => void (await query((db) => checkpoints.recordLogKeys(db, keys))),
  quarantineForLog: async (reason) => void (await query((db) => checkpoints.quarantineForLog(db, reason))),
});
