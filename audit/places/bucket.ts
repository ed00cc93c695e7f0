import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type BucketOptions, bucketClient } from '../../manifest/bucket-store.ts';
import type { FileSession, FileStore } from './file-place.ts';
import { CHECKPOINT } from './paths.ts';
import { LARGEST_NOTE, type LogFile, PlaceUnavailable } from './place.ts';

/** `retainDays`: how long object lock keeps each file. Undefined: the bucket's own default decides. A prefix is empty, or ends with a slash. */
export type BucketPlace = Readonly<{ bucket: string; prefix: string; retainDays?: number | undefined }>;

/**
 * The log in a bucket of S3, below a prefix. A file is written with `If-None-Match`, so nothing is written over. `checkpoint` is
 * written with `If-Match`, so that two processes cannot both replace it. Object lock needs no right to remove anything.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function bucketStore(place: BucketPlace, options: BucketOptions): FileStore {
  const client = bucketClient(options);
  return {
    name: `bucket s3://${place.bucket}/${place.prefix}`,
    kind: 'bucket',
    filesAtOnce: 8,
    begin: (signal) => sessionIn({ client, place, signal }),
  };
}

type Access = Readonly<{ client: S3Client; place: BucketPlace; signal: AbortSignal }>;

async function sessionIn(access: Access): Promise<FileSession> {
  const there = await get(access, CHECKPOINT, LARGEST_NOTE);
  return {
    newest: there?.bytes.toString('utf8'),
    read: async (path) => (await get(access, path, LARGEST_NOTE))?.bytes.toString('utf8'),
    async put(files) {
      const isThere = await Promise.all(files.map((file) => putOnce(access, file)));
      return files[isThere.indexOf(false)]?.path;
    },
    finish: (note) => put(access, { path: CHECKPOINT, bytes: Buffer.from(note) }, there?.tag),
  };
}

/** False when the file is there with another content. */
async function putOnce(access: Access, file: LogFile): Promise<boolean> {
  if (await put(access, file, undefined)) return true;
  const there = await get(access, file.path, file.bytes.length);
  if (!there) throw new PlaceUnavailable('another write of the same file is not finished yet');
  return there.bytes.equals(file.bytes);
}

/** Writes a file that does not exist, or that has this tag. False when it does, or has another. */
async function put(access: Access, { path, bytes }: LogFile, tag: string | undefined): Promise<boolean> {
  const { client, place, signal } = access;
  const condition = tag === undefined ? { IfNoneMatch: '*' } : { IfMatch: tag };
  const object = {
    Bucket: place.bucket,
    Key: place.prefix + path,
    Body: bytes,
    CacheControl: path === CHECKPOINT ? 'no-cache' : 'max-age=31536000, immutable',
    ContentType: path.startsWith('tile/') ? 'application/octet-stream' : 'text/plain; charset=utf-8',
    ...condition,
    ...lockOf(place.retainDays),
  };
  try {
    await client.send(new PutObjectCommand(object), { abortSignal: signal });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw unavailable(access, 'written', error);
  }
}

/** In the mode COMPLIANCE nobody can remove a version of a file before its day, except by closing the account. */
const lockOf = (days: number | undefined) =>
  days === undefined
    ? {}
    : {
        ObjectLockMode: 'COMPLIANCE' as const,
        ObjectLockRetainUntilDate: new Date(Date.now() + days * 24 * 60 * 60 * 1000),
      };

/** 412: the condition does not hold. 409: another write of the same file is under way or was faster. 404: what had the tag was removed. */
const isConflict = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  (error.name === 'PreconditionFailed' ||
    error.name === 'ConditionalRequestConflict' ||
    error.name === 'NoSuchKey');

/** A file with its tag; undefined when there is none. It is empty when it has more than `most` bytes. */
async function get(
  access: Access,
  path: string,
  most: number,
): Promise<Readonly<{ bytes: Buffer; tag: string | undefined }> | undefined> {
  const { client, place, signal } = access;
  try {
    const object = { Bucket: place.bucket, Key: place.prefix + path };
    const { Body, ContentLength, ETag } = await client.send(new GetObjectCommand(object), {
      abortSignal: signal,
    });
    if (ContentLength === undefined || ContentLength > most) {
      await Body?.transformToWebStream().cancel();
      return { bytes: Buffer.alloc(0), tag: ETag };
    }
    return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), tag: ETag };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw unavailable(access, 'read', error);
  }
}

/** The code of S3 says more than the message: NoSuchBucket, AccessDenied. */
function unavailable({ place, signal }: Access, what: string, error: unknown): unknown {
  if (signal.aborted) return error;
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const where = `s3://${place.bucket}/${place.prefix}`;
  return new PlaceUnavailable(`the bucket ${where} of the log cannot be ${what}: ${why}`, { cause: error });
}
