import { expect, test } from '@jest/globals';
import { TimeLine } from '../../console/pages/request/time-line.tsx';
import type { RequestAnswer } from '../../console/pages/request/read-request.ts';
import { NO_ACTS } from '../../console/pages/request/actions.tsx';
import { RequestPage } from '../../console/pages/request/request.tsx';
import type { RequestView } from '../../requests/view.ts';
import { viewAfter } from '../bot/request-view.fixture.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  confirmRevoked,
  end,
  intend,
} from '../core/request/request.fixture.ts';
import { htmlOf } from './component.fixture.ts';

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
  const page = await htmlOf(TimeLine, { answer: answer as unknown as RequestAnswer, logKeys: [] });
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

/** The page of a request, as its reader sees it. */
async function pageOf(of: RequestView): Promise<string> {
  const story = { request: of.id, trail: of.trail, view: of, nameOf: of.nameOf };
  const answer = { story, approvals: [], indices: new Map(), published: 0, uses: [], now: of.now };
  const shown = { answer: answer as unknown as RequestAnswer, acts: NO_ACTS, logKeys: [] };
  return (await htmlOf(RequestPage, shown)).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
}

test.each<[string, RequestView, string]>([
  [
    'that was granted',
    viewAfter([approve(bo), intend(), confirmGranted(), end(ana), confirmRevoked()]),
    'Access revoked and verified.',
  ],
  [
    'of which only a write began',
    viewAfter([approve(bo), intend(), end(ana), confirmRevoked()]),
    'Verified: nothing is left of what Curfew began to grant.',
  ],
  [
    'of which nothing was written',
    viewAfter([approve(bo), end(ana), confirmRevoked()]),
    'Nothing of this access was written to the provider',
  ],
])(
  'the end of access %s is told by the whole trail, under the title of the request',
  async (_what, of, says) => {
    const page = await pageOf(of);
    expect(page).toContain(says);
    expect(page).toMatch(/ana requested Orders database, read only for 2 h/);
  },
);

test('the page of a request says what goes on at the providers', async () => {
  const session = { kind: 'session', provider: 'postgres', until: null } as const;
  expect(await pageOf(viewAfter([], { elsewhere: [session] }))).toMatch(
    /A session at postgres that was open/,
  );
});
