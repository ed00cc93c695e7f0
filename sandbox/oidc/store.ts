import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

type Entry = Readonly<{ payload: AdapterPayload; until: number }>;

/** Above this the oldest entry is forgotten, so that nobody can fill the memory of the demo with sign-ins that they begin. */
const MOST_ENTRIES = 2_000;

/**
 * What the provider remembers: sessions, sign-ins that have begun, codes and what was granted. It is in memory, which is enough for the
 * demo: after a restart everybody chooses again who they are.
 */
export function memoryStore(): AdapterFactory {
  const entries = new Map<string, Entry>();
  const read = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry !== undefined && entry.until > Date.now() ? entry.payload : undefined;
  };
  const write = (key: string, entry: Entry): void => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest);
  };
  return (model) => adapterFor(`${model}:`, { entries, read, write });
}

type Store = Readonly<{
  entries: Map<string, Entry>;
  read: (key: string) => AdapterPayload | undefined;
  write: (key: string, entry: Entry) => void;
}>;

/** The entries of one kind, in the form that oidc-provider asks. */
function adapterFor(kind: string, { entries, read, write }: Store): Adapter {
  const keysOf = (matches: (payload: AdapterPayload) => boolean): readonly string[] =>
    [...entries].flatMap(([key, { payload }]) => (key.startsWith(kind) && matches(payload) ? [key] : []));
  return {
    find: (id) => Promise.resolve(read(kind + id)),
    findByUid: (uid) => Promise.resolve(keysOf((payload) => payload.uid === uid).map(read)[0]),
    findByUserCode: () => Promise.resolve(undefined), // only for the flow of devices, which is off
    async upsert(id, payload, seconds) {
      write(kind + id, { payload, until: seconds === undefined ? Infinity : Date.now() + seconds * 1_000 });
    },
    async consume(id) {
      const entry = entries.get(kind + id);
      if (entry === undefined) return;
      const payload = { ...entry.payload, consumed: Math.floor(Date.now() / 1_000) };
      entries.set(kind + id, { ...entry, payload });
    },
    async destroy(id) {
      entries.delete(kind + id);
    },
    async revokeByGrantId(grantId) {
      for (const key of keysOf((payload) => payload.grantId === grantId)) entries.delete(key);
    },
  };
}
