import { expect, test } from '@jest/globals';
import { html } from 'hono/html';
import { TimeLine } from '../../console/pages/request-time-line.tsx';
import type { RequestAnswer } from '../../console/pages/read-request.ts';
import { viewAfter } from '../bot/request-view.fixture.ts';
import { approve, bo } from '../core/request/request.fixture.ts';

const view = viewAfter([approve(bo)]);

/** What the time line says of the evidence of each event, of which the log has these entries. `published`: how many a checkpoint covers. */
async function evidenceOf(
  entries: readonly (number | undefined)[],
  published: number,
): Promise<readonly string[]> {
  const trail = entries.flatMap((_entry, seq) => view.trail.slice(seq, seq + 1));
  const indices = new Map(entries.flatMap((index, seq) => (index === undefined ? [] : [[seq, index]])));
  const story = { request: view.id, trail, view, nameOf: view.nameOf };
  const answer = { story, approvals: [], indices, published, uses: [], now: view.now };
  const names = { person: String, entitlement: String };
  const shown = { answer: answer as unknown as RequestAnswer, names, zone: 'UTC', logKeys: [] };
  const page = await html`${TimeLine(shown)}`;
  return [...page.matchAll(/<p class="evidence">(.*?)(?:<a[^>]*>(Proof)<|<\/p>)/g)].map(
    ([, text = '', link = '']) => `${text}${link}`,
  );
}

test('an event has a proof only when the newest published checkpoint covers its entry', async () =>
  expect(await evidenceOf([6, 7, undefined], 7)).toEqual([
    'Entry 6 of the audit log. Proof',
    'Entry 7 of the audit log. No published checkpoint covers it yet.',
    'Not in the audit log yet.',
  ]));
