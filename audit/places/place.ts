import type { Checkpoint } from '../note/checkpoint.ts';
import type { Result } from '../../core/result.ts';

/** A file of the log, such as a tile. `path` is relative to the place (audit/places/paths.ts). It never changes after it was written. */
export type LogFile = Readonly<{ path: string; bytes: Uint8Array }>;

/**
 * A signed checkpoint to publish, and the log behind it. Each place has its own newest checkpoint, so it calls these
 * functions for what it lacks. They read the ledger. What they throw, `publish` throws.
 */
export type Update = Readonly<{
  /** The signed note of this checkpoint. */
  note: string;
  checkpoint: Checkpoint;
  /** Reads a note that a place has. The error says why it is no checkpoint that a trusted key of this log signed. */
  open: (note: string) => Result<Checkpoint, string>;
  /** The root hash of the first `size` entries of this log. It is called with 1 to `checkpoint.size`. */
  rootAt: (size: number) => Promise<Buffer>;
  /**
   * The files that a place with the first `size` entries lacks: long bodies, entry bundles, tiles. The partial tiles of this
   * checkpoint are among them. It may give files that the place has already.
   */
  filesFrom: (size: number) => AsyncIterable<LogFile> | Iterable<LogFile>;
  /** So many entries were published in the place before, if that counts. A witness that has fewer of them does not get this checkpoint. */
  publishedBefore?: number;
  /** The RFC 6962 consistency proof from the first `size` entries to this checkpoint. It is empty from 0 and from the same size. */
  consistencyFrom: (size: number) => Promise<readonly Buffer[]>;
}>;

/** Why a place did not take a checkpoint. A person must look at `fork` and `altered`. */
export type PlaceRefusal = Readonly<
  /** The place has a larger checkpoint of this log. Whether it is of the same tree is not checked. A witness need not show its note. */
  | { kind: 'ahead'; size: number; note?: string }
  /** The log's key signed this note, and it is of another tree. From a witness that refuses, it can also be a longer one, which the ledger compares. */
  | { kind: 'fork'; size: number; note: string }
  /** Something in the place is not what the log wrote there. `path` names it. */
  | { kind: 'altered'; path: string; why: string }
  /** A witness has fewer entries than were published there before. It has forgotten the others. */
  | { kind: 'lost'; size: number }
  /** The place does not accept this log. An operator has to configure the place. */
  | { kind: 'refused'; why: string }
>;

/**
 * `cosignatures`: signature lines of a witness, verified, each with its newline. They can be appended to the note.
 * `before`: how many entries the place showed before, where it tells. `later`: nothing was published, because the place takes the next
 * checkpoint only after `afterMs` milliseconds.
 */
export type PublishResult =
  | PlaceRefusal
  | Readonly<
      { kind: 'published'; cosignatures: string; before?: number } | { kind: 'later'; afterMs: number }
    >;

export type PlaceKind = 'folder' | 'bucket' | 'git' | 'slack' | 'witness';

/**
 * A place outside the database where the log is published. Several processes may publish at the same time. What a place
 * returns is not trusted: somebody else may have written it.
 */
export interface Place {
  /** For people, such as "folder /srv/log". It has no secret in it. */
  readonly name: string;
  readonly kind: PlaceKind;
  /**
   * The newest note in the place, as the place gives it: the caller verifies it. Undefined when there is none. The empty text when
   * it is too long to be a note. A witness returns its checkpoint with its cosignature, or undefined when it shows none.
   * Throws `PlaceUnavailable` when it cannot be read.
   */
  newest(signal: AbortSignal): Promise<string | undefined>;
  /**
   * Writes the files that the place lacks, and then the note. It can be called again at any time: after a crash, and for what is
   * published already. Throws `PlaceUnavailable` when the place does not answer. Then the checkpoint may be there or not.
   */
  publish(update: Update, signal: AbortSignal): Promise<PublishResult>;
}

/** The place does not answer, or its answer makes no sense. A later attempt can succeed. The message says what was tried, and where. */
export class PlaceUnavailable extends Error {
  override readonly name = 'PlaceUnavailable';
  /** The wait that the place stated, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A checkpoint with sixteen signatures is about 3 KiB. Anything larger is not one, and is not read. */
export const LARGEST_NOTE = 64 * 1024;
