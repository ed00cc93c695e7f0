import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bucketStore } from '../../../audit/places/bucket.ts';
import { filePlace } from '../../../audit/places/file-place.ts';
import { updateOf } from '../log.fixture.ts';
import { itIsAPlace, itTrustsNoNote, never, type Subject } from './contract.fixture.ts';

const moto = process.env['TEST_MOTO_URL'];
if (!moto) console.log('skipped: no simulated AWS (TEST_MOTO_URL is not set)');
const options = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  answerMs: 5_000,
};
const BUCKET = 'curfew-log';
const LOCKED = 'curfew-log-locked';

(moto ? describe : describe.skip)('a bucket', () => {
  const client = new S3Client({ ...options, endpoint: moto ?? '', forcePathStyle: true });
  const textAt = async (key: string) =>
    (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))).Body?.transformToString();
  const write = (key: string, text: string) =>
    client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: text }));
  const placeAt = (prefix: string, endpoint = moto ?? '') =>
    filePlace(bucketStore({ bucket: BUCKET, prefix }, { ...options, endpoint }));
  let count = 0;
  const freshPrefix = () => `test-${(count += 1)}/`;

  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await client.send(new CreateBucketCommand({ Bucket: LOCKED, ObjectLockEnabledForBucket: true }));
  });

  async function fresh(): Promise<Subject> {
    const prefix = freshPrefix();
    let isBroken = false;
    // A request that a subject sends goes to a port where nobody listens, after it is broken.
    const endpoint = () => (isBroken ? 'http://127.0.0.1:9' : (moto ?? ''));
    const open = () => placeAt(prefix, endpoint());
    let current = open();
    return {
      place: {
        name: current.name,
        kind: current.kind,
        newest: (signal) => current.newest(signal),
        publish: (update, signal) => current.publish(update, signal),
      },
      reopened: open,
      forge: async (note) => void (await write(`${prefix}checkpoint`, note)),
      breakIt: async () => {
        isBroken = true;
        current = open();
      },
      contents: async () => {
        const { Contents = [] } = await client.send(
          new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }),
        );
        return Contents.map(({ Key, ETag, LastModified }) => [Key, ETag, LastModified]);
      },
      keepsFiles: true,
    };
  }

  itIsAPlace(fresh);
  itTrustsNoNote(fresh);

  test('a file that has another content is named, and not written again', async () => {
    const prefix = freshPrefix();
    await write(`${prefix}tile/0/000.p/3`, 'somebody wrote this');
    expect(await placeAt(prefix).publish(updateOf(3), never)).toMatchObject({
      kind: 'altered',
      path: 'tile/0/000.p/3',
    });
    expect(await textAt(`${prefix}tile/0/000.p/3`)).toBe('somebody wrote this');
  });

  test('a checkpoint that somebody else replaced meanwhile is compared again, and not written over', async () => {
    const prefix = freshPrefix();
    await placeAt(prefix).publish(updateOf(1), never);
    const filesFrom = async function* (from: number) {
      yield* updateOf(3).filesFrom(from);
      await placeAt(prefix).publish(updateOf(4), never);
    };
    expect(await placeAt(prefix).publish(updateOf(3, { filesFrom }), never)).toMatchObject({
      kind: 'ahead',
      size: 4,
    });
    expect(await textAt(`${prefix}checkpoint`)).toBe(updateOf(4).note);
  });

  test('a file is kept for as many days as the place says', async () => {
    const store = bucketStore(
      { bucket: LOCKED, prefix: '', retainDays: 365 },
      { ...options, endpoint: moto ?? '' },
    );
    expect(await filePlace(store).publish(updateOf(3), never)).toMatchObject({ kind: 'published' });
    for (const Key of ['checkpoints/00000000000000000003', 'checkpoint']) {
      const { ObjectLockMode, ObjectLockRetainUntilDate } = await client.send(
        new HeadObjectCommand({ Bucket: LOCKED, Key }),
      );
      expect(ObjectLockMode).toBe('COMPLIANCE');
      const days = ((ObjectLockRetainUntilDate?.getTime() ?? 0) - Date.now()) / (24 * 60 * 60 * 1000);
      expect(Math.round(days)).toBe(365);
    }
  });

  test('a bucket that does not exist throws, and is never a place with nothing in it', async () => {
    const store = bucketStore(
      { bucket: 'no-such-bucket', prefix: 'x/' },
      { ...options, endpoint: moto ?? '' },
    );
    await expect(filePlace(store).newest(never)).rejects.toThrow(
      /the bucket s3:\/\/no-such-bucket\/x\/ of the log cannot be read: NoSuchBucket/,
    );
  });
});
