import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { LARGEST_OBJECT, type ManifestStore, ManifestUnavailable } from './store.ts';

export type BucketOptions = Readonly<{
  region?: string;
  /** The address of another server that speaks S3. The default is AWS. */
  endpoint?: string;
  /** The default is AWS's own chain: environment, profile, instance role. */
  credentials?: NonNullable<S3ClientConfig['credentials']>;
  /** How long the bucket may take to answer one call, in milliseconds. */
  answerMs: number;
}>;

type Bucket = Readonly<{ bucket: string; prefix: string }>;

/**
 * The manifest in a bucket of S3, below a prefix. S3 is consistent: a list that begins after a write was answered has its object
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel). The SDK is loaded with the first call.
 */
export function bucketStore({ bucket, prefix }: Bucket, options: BucketOptions): ManifestStore {
  const loaded = lazily(() => connect(options));
  const keyOf = (name: string): string => `${prefix}${name}`;
  const attempt = async <T>(what: string, work: (s3: Connected) => Promise<T>): Promise<T> => {
    try {
      return await work(await loaded());
    } catch (error) {
      throw new ManifestUnavailable(`the bucket s3://${bucket}/${prefix} cannot ${what}: ${whyOf(error)}`, {
        cause: error,
      });
    }
  };
  return {
    put: (name, text, abortSignal) =>
      attempt('be written', async ({ client, sdk }) => {
        const object = { Bucket: bucket, Key: keyOf(name), Body: text, ContentType: 'application/json' };
        await client.send(new sdk.PutObjectCommand(object), { abortSignal });
      }),
    list: (abortSignal) =>
      attempt('be listed', async ({ client, sdk }) => {
        const names: string[] = [];
        const pages = sdk.paginateListObjectsV2(
          { client },
          { Bucket: bucket, Prefix: prefix },
          { abortSignal },
        );
        for await (const { Contents = [] } of pages)
          for (const { Key } of Contents)
            if (Key !== undefined && Key !== prefix) names.push(Key.slice(prefix.length));
        return names;
      }),
    get: (name, abortSignal) =>
      attempt('be read', async ({ client, sdk }) => {
        try {
          const object = { Bucket: bucket, Key: keyOf(name) };
          const { Body, ContentLength = 0 } = await client.send(new sdk.GetObjectCommand(object), {
            abortSignal,
          });
          if (ContentLength > LARGEST_OBJECT) {
            await Body?.transformToWebStream().cancel();
            return '';
          }
          return (await Body?.transformToString()) ?? '';
        } catch (error) {
          if (error instanceof sdk.NoSuchKey) return undefined;
          throw error;
        }
      }),
    remove: (name, abortSignal) =>
      attempt('be changed', async ({ client, sdk }) => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }), { abortSignal });
      }),
  };
}

type Connected = Readonly<{ client: S3Client; sdk: typeof import('@aws-sdk/client-s3') }>;

/** The SDK does not retry: who calls the store does. */
async function connect({ answerMs, endpoint, ...options }: BucketOptions): Promise<Connected> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    ...options,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }), // Other servers have no name for each bucket.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: answerMs, requestTimeout: answerMs, throwOnRequestTimeout: true },
  });
  return { client, sdk };
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** The code of S3 says more than the message: NoSuchBucket, AccessDenied. */
const whyOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
