/**
 * Where the objects of the manifest are: a folder, or a bucket. Several processes write at the same time. No object is changed
 * after it was written, so they need no lock. A failure throws `ManifestUnavailable`.
 */
export interface ManifestStore {
  /** Stores an object, as `entryName` names it. It is durable when this returns. Storing the same text again changes nothing. */
  put(name: string, text: string, signal: AbortSignal): Promise<void>;
  /** The names of all objects, also of those that are not Curfew's. Throws when it cannot list all of them. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** The text of an object; undefined when there is none. Of an object that is too large it is the empty text. */
  get(name: string, signal: AbortSignal): Promise<string | undefined>;
  /** Removes an object. One that is gone already is no failure. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** The store does not answer, or refused. The message says what was tried, and where. */
export class ManifestUnavailable extends Error {
  override readonly name = 'ManifestUnavailable';
}

/** An entry is about 1 KiB. Anything larger is not one, and is not read. */
export const LARGEST_OBJECT = 64 * 1024;
