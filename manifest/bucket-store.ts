import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
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
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel). The client does not retry: who calls the store does.
 */
export function bucketStore({ bucket, prefix }: Bucket, options: BucketOptions): ManifestStore {
  const client = bucketClient(options);
  const keyOf = (name: string): string => `${prefix}${name}`;
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new ManifestUnavailable(`the bucket s3://${bucket}/${prefix} cannot ${what}: ${whyOf(error)}`, {
        cause: error,
      });
    }
  };
  return {
    put: (name, text, abortSignal) =>
      attempt('be written', async () => {
        const object = { Bucket: bucket, Key: keyOf(name), Body: text, ContentType: 'application/json' };
        await client.send(new PutObjectCommand(object), { abortSignal });
      }),
    list: (abortSignal) =>
      attempt('be listed', async () => {
        const names: string[] = [];
        const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }, { abortSignal });
        for await (const { Contents = [] } of pages)
          for (const { Key } of Contents)
            if (Key !== undefined && Key !== prefix) names.push(Key.slice(prefix.length));
        return names;
      }),
    get: (name, abortSignal) =>
      attempt('be read', async () => {
        try {
          const object = { Bucket: bucket, Key: keyOf(name) };
          const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand(object), {
            abortSignal,
          });
          if (ContentLength > LARGEST_OBJECT) {
            await Body?.transformToWebStream().cancel();
            return '';
          }
          return (await Body?.transformToString()) ?? '';
        } catch (error) {
          if (error instanceof NoSuchKey) return undefined;
          throw error;
        }
      }),
    remove: (name, abortSignal) =>
      attempt('be changed', async () => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }), { abortSignal });
      }),
  };
}

/** The client of a bucket. It does not retry. */
export const bucketClient = ({ answerMs, endpoint, ...options }: BucketOptions): S3Client =>
  new S3Client({
    ...options,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }), // Other servers have no name for each bucket.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: answerMs, requestTimeout: answerMs, throwOnRequestTimeout: true },
  });

/** The code of S3 says more than the message: NoSuchBucket, AccessDenied. */
const whyOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
