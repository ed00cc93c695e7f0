import { openStore } from '../manifest/open-store.ts';
import { parsePrivateKey, parsePublicKey, publicKeyText } from '../manifest/keys.ts';
import type { Policy } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';
import { freshMemory, type ManifestAccess } from '../requests/manifest-access.ts';
import { needsManifest } from '../requests/manifest.ts';
import { WAITS } from '../core/waits.ts';
import type { Parts } from './login-check.ts';
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

type Manifest = Readonly<{ place: string | undefined; key: string | undefined }>;

/** Why a process with these parts does not start with these settings, or undefined. */
export function manifestProblem(
  { place, key }: Manifest,
  { providers, sweeper }: Pick<Parts, 'providers' | 'sweeper'>,
): string | undefined {
  const writes = sweeper || providers.length > 0;
  if (place !== undefined && key === undefined && writes)
    return [
      'CURFEW_MANIFEST is set, and CURFEW_MANIFEST_KEY is not. The processes of providers and the sweeper sign the manifest with it.',
      '  to do: make the key with "openssl rand -base64 32", and give the same one to all of them.',
    ].join('\n');
  if (key !== undefined && !writes)
    return [
      'CURFEW_MANIFEST_KEY is set, and this process runs neither a provider nor the sweeper.',
      '  to do: leave the key out here. Whoever has it can sign what the reaper acts on.',
    ].join('\n');
  return undefined;
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
