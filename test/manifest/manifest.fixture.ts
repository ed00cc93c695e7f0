import type { Instant, LeaseId } from '../../core/ids.ts';
import { entryName, type ManifestEntry } from '../../manifest/entry.ts';
import { parsePrivateKey, parsePublicKey, publicKeyText } from '../../manifest/keys.ts';
import { sign } from '../../manifest/signature.ts';
import type { ManifestStore } from '../../manifest/store.ts';

export const noon = Date.parse('2026-01-05T12:00:00Z') as Instant;
export const never = new AbortController().signal;

/** The id of a lease of the first target of a request, whose request ends with this letter. */
export const leaseNamed = (letter: string): LeaseId => `lease_${'0'.repeat(25)}${letter}_0` as LeaseId;

const keyOf = (seed: string) => {
  const parsed = parsePrivateKey(Buffer.alloc(32, seed).toString('base64'));
  if (!parsed.ok) throw new Error(parsed.error);
  const publicKey = parsePublicKey(publicKeyText(parsed.value));
  if (!publicKey.ok) throw new Error(publicKey.error);
  return { privateKey: parsed.value, publicKey: publicKey.value };
};
export const ours = keyOf('ours');
export const foreign = keyOf('foreign');

/** The access of ana at the repository web, which lease a gives her until noon. */
export const entryOf = (overrides: Partial<ManifestEntry> = {}): ManifestEntry => ({
  serial: 1,
  lease: leaseNamed('a'),
  state: 'live',
  provider: 'fake',
  spec: { resource: 'web', level: 'write' },
  targetKey: 'web',
  subject: { id: 'u1', name: 'ana' },
  prior: 'none',
  level: 'write',
  endsAt: noon,
  ...overrides,
});

/** A store in memory. `beforeGet` runs before each object is read. */
export function memoryStore(
  beforeGet: (objects: Map<string, string>) => void = () => undefined,
): ManifestStore & Readonly<{ objects: Map<string, string> }> {
  const objects = new Map<string, string>();
  return {
    objects,
    put: (name, text) => Promise.resolve(void objects.set(name, text)),
    list: () => Promise.resolve([...objects.keys()]),
    get: (name) => {
      beforeGet(objects);
      return Promise.resolve(objects.get(name));
    },
    remove: (name) => Promise.resolve(void objects.delete(name)),
  };
}

export const putEntry = (store: ManifestStore, entry: ManifestEntry, key = ours): Promise<void> =>
  store.put(entryName(entry), sign(entry, key.privateKey), never);
