import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entryName } from '../../manifest/entry.ts';
import { openStore } from '../../manifest/open-store.ts';
import { readManifest } from '../../manifest/read.ts';
import { LARGEST_OBJECT } from '../../manifest/store.ts';
import { entryOf, leaseNamed, never, ours, putEntry } from './manifest.fixture.ts';

const moto = process.env['TEST_MOTO_URL'];
if (!moto) console.log('skipped: no simulated AWS (TEST_MOTO_URL is not set)');
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const bucketIn = (endpoint = moto) => {
  const options = { region: 'us-east-1', endpoint: endpoint ?? '', credentials, answerMs: 5_000 };
  return (where: string) => openStore(where, options);
};
const name = entryName(entryOf());

(moto ? describe : describe.skip)('the manifest in a bucket', () => {
  const store = bucketIn();
  beforeAll(async () => {
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: moto ?? '',
      credentials,
      forcePathStyle: true,
    });
    await client.send(new CreateBucketCommand({ Bucket: 'curfew-manifest' }));
    client.destroy();
  });

  test('an object is there after it was written, below the prefix, and gone after it was removed', async () => {
    const [one, other] = ['s3://curfew-manifest/one', 's3://curfew-manifest/other/'].map(store);
    await one?.put(name, 'text', never);
    await one?.put(name, 'text', never);
    expect([await one?.list(never), await other?.list(never)]).toEqual([[name], []]);
    expect([await one?.get(name, never), await other?.get(name, never)]).toEqual(['text', undefined]);
    await one?.remove(name, never);
    await one?.remove(name, never);
    expect([await one?.list(never), await one?.get(name, never)]).toEqual([[], undefined]);
  });

  test('several writers at the same time lose nothing', async () => {
    const entries = ['a', 'b', 'c'].map((lease, index) =>
      entryOf({ lease: leaseNamed(lease), serial: index + 1 }),
    );
    await Promise.all(entries.map((entry) => putEntry(store('s3://curfew-manifest/writers'), entry)));
    const found = await readManifest(store('s3://curfew-manifest/writers'), [ours.publicKey], never);
    expect(found).toMatchObject({ entries, serial: 3, problems: [] });
  });

  test('an object that is larger than any entry is not read', async () => {
    const place = store('s3://curfew-manifest/large');
    await place.put(name, 'x'.repeat(LARGEST_OBJECT + 1), never);
    expect(await place.get(name, never)).toBe('');
  });

  test('a bucket that does not exist throws, and is never an empty list', async () => {
    await expect(store('s3://no-such-bucket/x').list(never)).rejects.toThrow(
      /the bucket s3:\/\/no-such-bucket\/x\/ cannot be listed: NoSuchBucket/,
    );
  });
});

describe('a list with two pages', () => {
  const second = entryName(entryOf({ serial: 2 }));
  const page = (key: string, more: string): string =>
    `<?xml version="1.0"?><ListBucketResult>${more}<Contents><Key>x/${key}</Key></Contents></ListBucketResult>`;
  let secondPage = 200;
  let url = '';
  const server = createServer(({ url: path = '' }, response) => {
    const isSecond = path.includes('continuation-token');
    response.statusCode = path.includes('list-type') ? (isSecond ? secondPage : 200) : 503;
    const truncated = '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>';
    response.end(isSecond ? page(second, '<IsTruncated>false</IsTruncated>') : page(name, truncated));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  test('is read to its end', async () => {
    secondPage = 200;
    expect(await bucketIn(url)('s3://bucket/x').list(never)).toEqual([name, second]);
  });

  test('throws when the second page fails, and is never half a list', async () => {
    secondPage = 503;
    await expect(bucketIn(url)('s3://bucket/x').list(never)).rejects.toThrow('cannot be listed');
  });

  test('a read that fails throws, and is never a missing object', async () => {
    await expect(bucketIn(url)('s3://bucket/x').get(name, never)).rejects.toThrow('cannot be read');
  });
});
