import { compare } from './compare.ts';
import { CHECKPOINT, isLogPath, keptCheckpointPath, UNFINISHED } from './paths.ts';
import {
  type LogFile,
  type Place,
  type PlaceKind,
  type PlaceRefusal,
  PlaceUnavailable,
  type PublishResult,
  type Update,
} from './place.ts';

/** A place that keeps files, as one publication sees it. Every function throws `PlaceUnavailable` when the place does not answer. */
export interface FileSession {
  /** The text of `checkpoint` at the beginning. The empty text when it is too long for a note. */
  readonly newest: string | undefined;
  /** Why this cannot be a place of the log, when it has no checkpoint yet; undefined when it can. */
  readonly stranger?: string | undefined;
  /** Writes files that do not exist yet. Answers the path of one that has another content already; undefined when there is none. */
  put(files: readonly LogFile[]): Promise<string | undefined>;
  /** The text of a file, as `newest`. */
  read(path: string): Promise<string | undefined>;
  /** Writes `checkpoint`, last. False when somebody else changed it since the beginning. */
  finish(note: string, size: number): Promise<boolean>;
  /** Ends what is open, whether or not it was finished. */
  close?(): void;
}

export type FileStore = Readonly<{
  name: string;
  kind: PlaceKind;
  /** How many files `put` gets at a time. */
  filesAtOnce: number;
  begin: (signal: AbortSignal) => Promise<FileSession>;
}>;

/** How often a publication begins again, because somebody else changed `checkpoint` meanwhile. */
const ATTEMPTS = 10;

/** A place that keeps the files of the log: tiles, each note that was published, and the newest one. */
export const filePlace = (store: FileStore): Place => ({
  name: store.name,
  kind: store.kind,
  async newest(signal) {
    const session = await store.begin(signal);
    session.close?.();
    return session.newest;
  },
  async publish(update, signal) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const session = await store.begin(signal);
      const published = await publishOnce(session, store, update, signal).finally(() => session.close?.());
      if (published) return published;
    }
    throw new PlaceUnavailable(
      `the ${store.name} cannot be written: somebody else writes there all the time`,
    );
  },
});

const PUBLISHED: PublishResult = { kind: 'published', cosignatures: '' };

/** Undefined when somebody else changed `checkpoint` meanwhile. */
async function publishOnce(
  session: FileSession,
  { filesAtOnce }: FileStore,
  update: Update,
  signal: AbortSignal,
): Promise<PublishResult | undefined> {
  const comparison = await compare(update, session.newest);
  if (comparison.kind === 'same') return PUBLISHED;
  if (comparison.kind !== 'behind') return comparison;
  if (session.newest === undefined && session.stranger !== undefined)
    return { kind: 'refused', why: session.stranger };
  for await (const files of chunks(update.filesFrom(comparison.size), filesAtOnce)) {
    signal.throwIfAborted();
    const path = await session.put(files);
    if (path !== undefined) return { kind: 'altered', path, why: 'it has another content than the log' };
  }
  const refusal = await keepNote(session, update);
  if (refusal) return refusal;
  signal.throwIfAborted();
  return (await session.finish(update.note, update.checkpoint.size))
    ? { kind: 'published', cosignatures: '', before: comparison.size }
    : undefined;
}

/** The same checkpoint with other signatures may be there already, after a crash during a change of keys. */
async function keepNote(session: FileSession, update: Update): Promise<PlaceRefusal | undefined> {
  const path = keptCheckpointPath(update.checkpoint.size);
  if ((await session.put([{ path, bytes: Buffer.from(update.note) }])) === undefined) return undefined;
  const note = (await session.read(path)) ?? '';
  const opened = update.open(note);
  if (!opened.ok) return { kind: 'altered', path, why: opened.error };
  const { size, root } = opened.value;
  if (size !== update.checkpoint.size) return { kind: 'altered', path, why: `it is of ${size} entries` };
  return root.equals(update.checkpoint.root) ? undefined : { kind: 'fork', size, note };
}

/** Groups of files. Throws for a path that no file of the log has. */
async function* chunks(files: ReturnType<Update['filesFrom']>, most: number): AsyncIterable<LogFile[]> {
  let chunk: LogFile[] = [];
  for await (const file of files) {
    if (!isLogPath(file.path)) throw new Error(`"${file.path}" is not the path of a file of the log`);
    chunk.push(file);
    if (chunk.length === most) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** What may be in a place that has no checkpoint yet: what an interrupted publication left. */
export const isOfTheLog = (name: string): boolean =>
  [CHECKPOINT, 'checkpoints', 'tile', 'bodies', 'lost+found'].includes(name) || name.startsWith(UNFINISHED);
