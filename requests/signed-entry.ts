import { no, type Result } from '../core/result.ts';
import type { PlanLine } from '../ledger/index.ts';
import { accessKey } from '../manifest/due.ts';
import type { ManifestEntry } from '../manifest/entry.ts';
import { open } from '../manifest/signature.ts';
import type { Deps } from './deps.ts';

/**
 * The entry of a lost lease, as a key of the manifest signed it. A stolen login of one role can write such a row (T24), so a row
 * keeps or ends access only by its signed entry. The error is a sentence.
 */
export function signedEntryOf(
  { manifest }: Pick<Deps, 'manifest'>,
  { lease, accessKey: key, signed }: PlanLine,
): Result<ManifestEntry, string> {
  const opened = open(signed, manifest?.publicKeys ?? []);
  if (opened.ok && opened.value.lease === lease && accessKey(opened.value) === key) return opened;
  return no(`no key of the manifest signed the row of the lost lease ${lease}, so it ends nothing`);
}
