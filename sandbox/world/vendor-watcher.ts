import { mergeReading, type SeenRow } from './history.ts';
import type { AccessRow } from './access-row.ts';

export type VendorSection = Readonly<{
  name: string;
  title: string;
  /** Which objects of the vendor are read, for example "IAM users: inline policies and groups". */
  where: string;
  /** Includes rows that disappeared in the last ten minutes, with the state `gone`. */
  rows: readonly SeenRow[];
  /** Shown to the person: nobody has access, or the vendor does not answer. */
  message?: Readonly<{ kind: 'empty' | 'down'; text: string }>;
}>;

/** The result of one reading. `empty` is shown when there are no rows. */
export type Reading = Readonly<{ rows: readonly AccessRow[]; empty: string }>;

/** Reads one vendor with the vendor's own API and none of Curfew's code. `read` may reject. */
export type VendorReader = Readonly<{
  name: string;
  title: string;
  where: string;
  read(signal: AbortSignal): Promise<Reading>;
}>;

/** Holds the last reading of every vendor for the panel. Reads again while somebody watches. */
export interface VendorWatcher {
  readonly sections: readonly VendorSection[];
  /**
   * Reads every two seconds until the returned function is called. Calls the listener only after a change.
   */
  watch(listener: () => void): () => void;
  /** Reads at once instead of at the next interval. Does nothing while nobody watches. */
  readNow(): void;
  stop(): void;
}

type WatcherOptions = Readonly<{ everyMs?: number; timeoutMs?: number; clock?: () => number }>;

const notReadYet = ({ name, title, where }: VendorReader): VendorSection => ({
  name,
  title,
  where,
  rows: [],
  message: { kind: 'empty', text: 'Loading…' },
});

/**
 * A section of the panel, and the rows of the last reading that succeeded. Those rows are kept apart, so that
 * a failed reading does not make them `gone`.
 */
type SectionReading = Readonly<{ section: VendorSection; seen: readonly SeenRow[] | undefined }>;

/** Reads one vendor. Never rejects: when the reading fails, the section has a message instead of rows. */
export async function readSection(
  reader: VendorReader,
  seen: readonly SeenRow[] | undefined,
  now: number,
  timeoutMs: number,
): Promise<SectionReading> {
  const { name, title, where } = reader;
  try {
    const { rows, empty } = await reader.read(AbortSignal.timeout(timeoutMs));
    const all = mergeReading(seen, rows, now);
    const message = rows.length === 0 && ({ kind: 'empty', text: empty } as const);
    return { section: { name, title, where, rows: all, ...(message && { message }) }, seen: all };
  } catch {
    const text = `${title} does not answer. Access that is granted there does not change until it answers.`;
    return { section: { name, title, where, rows: [], message: { kind: 'down', text } }, seen };
  }
}

/** Watches the vendors for the page. Reads nothing while there is no listener. */
export function watchVendors(readers: readonly VendorReader[], options: WatcherOptions = {}): VendorWatcher {
  const { everyMs = 2000, timeoutMs = 4000, clock = Date.now } = options;
  const listeners = new Set<() => void>();
  let readings: readonly SectionReading[] = readers.map((reader) => ({
    section: notReadYet(reader),
    seen: undefined,
  }));
  let sections = readings.map(({ section }) => section);
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let again = false;

  const readAll = async (): Promise<void> => {
    clearTimeout(timer);
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    readings = await Promise.all(
      readers.map((reader, index) => readSection(reader, readings[index]?.seen, clock(), timeoutMs)),
    );
    reading = false;
    const next = readings.map(({ section }) => section);
    const changed = JSON.stringify(next) !== JSON.stringify(sections);
    sections = next;
    if (changed) listeners.forEach((listener) => listener());
    if (listeners.size > 0) timer = setTimeout(() => void readAll(), again ? 50 : everyMs);
    again = false;
  };

  return {
    get sections() {
      return sections;
    },
    watch(listener) {
      listeners.add(listener);
      if (listeners.size === 1) void readAll();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
    readNow() {
      if (listeners.size > 0) void readAll();
    },
    stop() {
      listeners.clear();
      clearTimeout(timer);
    },
  };
}
