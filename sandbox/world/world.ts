import { mergeReading, type SeenRow } from './history.ts';
import type { WorldRow } from './row.ts';

export type WorldSection = Readonly<{
  name: string;
  title: string;
  /** Where one would look oneself: "IAM users, inline policies and groups". */
  where: string;
  /** Includes, as `gone`, what vanished in the last minutes. */
  rows: readonly SeenRow[];
  /** A plain sentence: nobody has access, or the vendor does not answer. */
  message?: Readonly<{ kind: 'empty' | 'down'; words: string }>;
}>;

/** What a reader finds out; the world adds its name and turns a failure into a sentence. */
export type Reading = Readonly<{ rows: readonly WorldRow[]; empty: string }>;

/** Looks at one vendor, with the vendor's own API and none of Curfew's code. `read` may reject. */
export type WorldReader = Readonly<{
  name: string;
  title: string;
  where: string;
  read(signal: AbortSignal): Promise<Reading>;
}>;

/** The panel's source: the last reading of every vendor, read again while somebody watches. */
export interface World {
  readonly sections: readonly WorldSection[];
  /** Reads every two seconds until the returned function is called; tells only when something changed. */
  watch(listener: () => void): () => void;
  /** Something happened: read now instead of at the next turn. */
  readNow(): void;
  stop(): void;
}

type WorldOptions = Readonly<{ everyMs?: number; timeoutMs?: number; clock?: () => number }>;

const waiting = ({ name, title, where }: WorldReader): WorldSection => ({
  name,
  title,
  where,
  rows: [],
  message: { kind: 'empty', words: 'Looking…' },
});

/** A section, and what was last really seen there: an outage must not look as if everything had gone. */
type SectionReading = Readonly<{ section: WorldSection; seen: readonly SeenRow[] | undefined }>;

/** Looks at one vendor. Never rejects: a vendor that is down is a sentence. */
export async function readSection(
  reader: WorldReader,
  seen: readonly SeenRow[] | undefined,
  now: number,
  timeoutMs: number,
): Promise<SectionReading> {
  const { name, title, where } = reader;
  try {
    const { rows, empty } = await reader.read(AbortSignal.timeout(timeoutMs));
    const all = mergeReading(seen, rows, now);
    const note = rows.length === 0 && ({ kind: 'empty', words: empty } as const);
    return { section: { name, title, where, rows: all, ...(note && { message: note }) }, seen: all };
  } catch {
    const words = `${title} does not answer. What is granted there stays as it is until it does.`;
    return { section: { name, title, where, rows: [], message: { kind: 'down', words } }, seen };
  }
}

/** Watches the vendors for the page. Reads nothing while nobody watches. */
export function createWorld(readers: readonly WorldReader[], options: WorldOptions = {}): World {
  const { everyMs = 2000, timeoutMs = 4000, clock = Date.now } = options;
  const listeners = new Set<() => void>();
  let glances: readonly SectionReading[] = readers.map((reader) => ({
    section: waiting(reader),
    seen: undefined,
  }));
  let sections = glances.map(({ section }) => section);
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let again = false;

  const look = async (): Promise<void> => {
    clearTimeout(timer);
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    glances = await Promise.all(
      readers.map((reader, index) => readSection(reader, glances[index]?.seen, clock(), timeoutMs)),
    );
    reading = false;
    const next = glances.map(({ section }) => section);
    const changed = JSON.stringify(next) !== JSON.stringify(sections);
    sections = next;
    if (changed) listeners.forEach((listener) => listener());
    if (listeners.size > 0) timer = setTimeout(() => void look(), again ? 50 : everyMs);
    again = false;
  };

  return {
    get sections() {
      return sections;
    },
    watch(listener) {
      listeners.add(listener);
      if (listeners.size === 1) void look();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
    readNow() {
      if (listeners.size > 0) void look();
    },
    stop() {
      listeners.clear();
      clearTimeout(timer);
    },
  };
}
