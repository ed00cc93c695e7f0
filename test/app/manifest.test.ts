import { describe, expect, test } from '@jest/globals';
import { examineManifest } from '../../app/doctor-manifest.ts';
import { onlyCurfewEnds, openManifest } from '../../app/manifest.ts';
import { manifestOnThisMachine } from '../../app/manifest-connection.ts';
import { ok } from '../../core/result.ts';
import { publicKeyText } from '../../manifest/keys.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { entryOf, ours, putEntry } from '../manifest/manifest.fixture.ts';
import { temporaryFolder } from '../manifest/folder.fixture.ts';

const KEY = Buffer.alloc(32, 'ours').toString('base64');
const place = 's3://bucket/x';

describe('a process with a manifest', () => {
  test('reads what it signs, and the demo has a folder of this machine only (T44)', () => {
    const { privateKey, publicKeys } = openManifest({ where: 'file:/x', key: KEY });
    expect(publicKeys.map(publicKeyText)).toEqual([publicKeyText(privateKey)]);
    expect(manifestOnThisMachine({ where: 'file:/x', key: KEY }).where).toBe('file:/x');
    expect(() => manifestOnThisMachine({ where: place, key: KEY })).toThrow(
      'must be a folder of this machine',
    );
  });
});

const provider = (name: string, enforcement: 'A' | 'C') =>
  [
    name,
    {
      name,
      parseTarget: (spec: unknown) => ok(spec),
      enforcementClass: () => enforcement,
    } as unknown as Provider,
  ] as const;
const policy = {
  current: () =>
    Promise.resolve(
      ok({
        entitlements: new Map(
          ['team', 'logs'].map((id) => [id, { id, targets: [{ provider: id, spec: {} }] }]),
        ),
      }),
    ),
} as unknown as Deps['policy'];
const providers = new Map([provider('team', 'C'), provider('logs', 'A')]);

describe('curfew doctor', () => {
  const examined = (deps: Partial<Deps>) => examineManifest({ policy, providers, ...deps } as Deps, 1_000);

  test('names what is not granted without a manifest', async () => {
    expect(await onlyCurfewEnds(policy, providers)).toEqual(['team (team)']);
    expect(await examined({})).toEqual([
      {
        part: 'manifest',
        state: 'broken',
        what: 'CURFEW_MANIFEST is not set. What only Curfew ends is not granted without it: team (team).',
      },
    ]);
    expect(await examined({ providers: new Map([provider('logs', 'A')]) })).toEqual([]);
  });

  test('shows the public key, and how many leases are live', async () => {
    const manifest = openManifest({ where: `file:${temporaryFolder()}`, key: KEY });
    await putEntry(manifest.store, entryOf(), ours);
    await manifest.store.put(
      'lease_00000000000000000000000000_0.0000000000000009.json',
      '{}',
      new AbortController().signal,
    );
    expect(await examined({ manifest })).toEqual([
      {
        part: 'manifest',
        state: 'ok',
        what: `It has 1 live lease. Its public key is ${publicKeyText(ours.privateKey)}.`,
      },
      { part: 'manifest', state: 'warning', what: expect.stringContaining('it is not a signed object') },
    ]);
  });

  test('says why the manifest cannot be read', async () => {
    const manifest = openManifest({ where: 'file:/nowhere/at/all', key: KEY });
    expect(await examined({ manifest })).toEqual([
      { part: 'manifest', state: 'broken', what: expect.stringContaining('cannot be listed: ENOENT') },
    ]);
  });
});
