import { parsePlace } from '../manifest/place.ts';

/** Where the manifest is, and the private key of those who write it: 32 bytes in base64. */
export type ManifestConnection = Readonly<{ where: string; key: string; region?: string; endpoint?: string }>;

/** Throws unless the manifest is a folder of this machine. */
export function manifestOnThisMachine(manifest: ManifestConnection): ManifestConnection {
  const place = parsePlace(manifest.where);
  if (place.ok && place.value.kind === 'folder') return manifest;
  throw new Error('the manifest of the demo must be a folder of this machine');
}
