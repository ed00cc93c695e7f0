import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parsePlace } from '../../manifest/place.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { allows, type Document } from '../providers/iam-evaluator.fixture.ts';

const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const section = page.slice(
  page.indexOf('### The policies of a bucket'),
  page.indexOf('## Backups and restore'),
);
const [writer, reader] = [...section.matchAll(/```json\n(.*?)```/gs)].map(
  ([, text = '']) => JSON.parse(text) as Document,
) as [Document, Document];
const where = /CURFEW_MANIFEST=(s3:\S+?)`/.exec(section)?.[1] ?? '';
const place = parsePlace(where);
if (!place.ok || place.value.kind !== 'bucket') throw new Error('the page names no bucket');
const { bucket, prefix } = place.value;

/** The calls of the client, as S3 authorises them: a list of the bucket with its prefix, and the objects below the prefix. */
const call = (action: string) =>
  action === 'ListBucket'
    ? { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, at: 0, context: { 's3:prefix': prefix } }
    : { action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}/${prefix}lease_1`, at: 0 };

describe('the policies of the manifest’s bucket in operations.md', () => {
  test.each([
    ['ListBucket', true, true],
    ['GetObject', true, true],
    ['PutObject', true, false],
    ['DeleteObject', true, false],
    ['DeleteObjectVersion', false, false],
    ['PutBucketVersioning', false, false],
  ])('%s: allowed to who writes: %s, and to the reaper: %s', (action, toWriter, toReader) => {
    expect([allows(writer, call(action)), allows(reader, call(action))]).toEqual([toWriter, toReader]);
  });

  test('the condition for a shared bucket fits the prefix that the client lists with, and no other one', () => {
    const condition = JSON.parse(`{${/"Condition": \{.*?\}\}/.exec(section)?.[0]}}`) as Pick<
      Exclude<Document['Statement'], readonly unknown[]>,
      'Condition'
    >;
    const [list] = writer.Statement as readonly Exclude<Document['Statement'], readonly unknown[]>[];
    if (!list) throw new Error('the page has no statement');
    const shared = { Version: '2012-10-17', Statement: [{ ...list, ...condition }] };
    const listing = (asked: string) => ({ ...call('ListBucket'), context: { 's3:prefix': asked } });
    expect([prefix, '', 'manifest', 'other/'].map((asked) => allows(shared, listing(asked)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
