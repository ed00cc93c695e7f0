import { openStore } from '../manifest/open-store.ts';
import { parsePrivateKey, parsePublicKey, publicKeyText } from '../manifest/keys.ts';
import type { Policy } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';
import { freshMemory, type ManifestAccess } from '../requests/manifest-access.ts';
import { needsManifest } from '../requests/manifest.ts';
import { WAITS } from '../core/waits.ts';
import type { ManifestConnection } from './manifest-connection.ts';

/** Opens the manifest. It connects with the first call. */
export function openManifest({ where, key, ...bucket }: ManifestConnection): ManifestAccess {
  const privateKey = parsePrivateKey(key);
  if (!privateKey.ok) throw new Error(`the key of the manifest ${privateKey.error}`);
  const publicKey = parsePublicKey(publicKeyText(privateKey.value));
  if (!publicKey.ok) throw new Error(`the key of the manifest ${publicKey.error}`);
  return {
    store: openStore(where, { ...bucket, answerMs: WAITS.manifestAnswer.ms }),
    privateKey: privateKey.value,
    publicKeys: [publicKey.value],
    memory: freshMemory(),
  };
}

/** What the catalogue offers that only Curfew ends: `entitlement (provider)`. Without a manifest none of it is granted. */
export async function onlyCurfewEnds(
  policy: Pick<Policy, 'current'>,
  providers: ReadonlyMap<string, Provider>,
): Promise<readonly string[]> {
  if (providers.size === 0) return [];
  const read = await policy.current();
  if (!read.ok) return [];
  const found = [...read.value.entitlements.values()].flatMap(({ id, targets }) =>
    targets.flatMap(({ provider: name, spec }) => {
      const provider = providers.get(name);
      const target = provider?.parseTarget(spec);
      return provider && target?.ok && needsManifest({ provider, target: target.value })
        ? [`${id} (${name})`]
        : [];
    }),
  );
  return [...new Set(found)];
}
