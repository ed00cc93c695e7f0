import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Format, FORMATS, recordOf } from '../../../audit/stream/formats.ts';
import { activitiesOf } from './entries.fixture.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/stream.md'), 'utf8');

test.each<[Format, RegExp]>([
  ['ocsf', /### OCSF[^]*?```json\n([^]*?)```/],
  ['ecs', /### ECS[^]*?```json\n([^]*?)```/],
  ['cef', /### CEF[^]*?```text\n([^]*?)```/],
])('the example of %s in docs/stream.md is what the stream sends', (format, example) => {
  const activity = activitiesOf().find(({ kind }) => kind === 'granted');
  const text = (example.exec(PAGE)?.[1] ?? '').trim();
  const sent = activity ? recordOf(activity, format).text : '';
  if (format === 'cef') expect(text).toBe(sent);
  else expect(JSON.parse(text)).toEqual(JSON.parse(sent));
});

const COMMAND = /## How a gap is detected[^]*?```sh\n([^]*?)```/.exec(PAGE)?.[1] ?? '';

test.each<[string, (index: number) => boolean, string]>([
  ['nothing is missing', () => true, ''],
  ['one record is missing', (index) => index !== 7, '7-7\n'],
  [
    'the first records and some later ones are missing',
    (index) => index > 2 && index % 20 > 1,
    '0-2\n20-21\n',
  ],
])('the command of docs/stream.md finds each gap: %s', (_what, isThere, printed) => {
  for (const format of Object.keys(FORMATS).filter((each) => each !== 'cef') as readonly Format[]) {
    const folder = mkdtempSync(join(tmpdir(), 'curfew-gap-'));
    try {
      const records = activitiesOf().map((activity) => recordOf(activity, format));
      const lines = records.filter(({ index }) => isThere(index)).map(({ text }) => `${text}\n`);
      // The second file is older. Some records came twice.
      writeFileSync(join(folder, 'audit.jsonl'), lines.slice(5).join(''));
      writeFileSync(join(folder, 'audit.jsonl.1'), lines.slice(0, 12).join(''));
      expect(execFileSync('sh', ['-c', COMMAND], { cwd: folder, encoding: 'utf8' })).toBe(printed);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
