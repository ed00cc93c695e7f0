import { isAbsolute } from 'node:path';
import { no, ok, type Result } from '../core/result.ts';

/** Where the manifest is. A prefix is empty, or ends with a slash. */
export type ManifestPlace = Readonly<
  { kind: 'folder'; folder: string } | { kind: 'bucket'; bucket: string; prefix: string }
>;

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w!.*'()/-]*))?$/;

/** Reads `file:/absolute/folder` or `s3://bucket/prefix`. */
export function parsePlace(text: string): Result<ManifestPlace, string> {
  if (text.startsWith('file:')) {
    const folder = text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
    return isAbsolute(folder)
      ? ok({ kind: 'folder', folder })
      : no('must have the whole path of a folder after file:, such as file:/var/lib/curfew/manifest');
  }
  const [whole, bucket = '', path = ''] = BUCKET.exec(text) ?? [];
  if (whole === undefined)
    return no(
      'must be a folder such as file:/var/lib/curfew/manifest, or a bucket such as s3://bucket/prefix',
    );
  const prefix = path.replace(/\/+$/, '');
  return ok({ kind: 'bucket', bucket, prefix: prefix === '' ? '' : `${prefix}/` });
}
