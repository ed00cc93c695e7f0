import { describe, expect, test } from '@jest/globals';
import { accessListMessage } from '../../bot/blocks/access-list.ts';
import { denyModal, passwordModal } from '../../bot/blocks/modals.ts';
import { requesterCard, requestCard } from '../../bot/blocks/request-card.ts';
import { requestModal } from '../../bot/blocks/request-modal.ts';
import { mention, mrkdwn } from '../../bot/mrkdwn.ts';
import type { Event } from '../../core/request/events.ts';
import { no, ok } from '../../core/result.ts';
import type { RequestView } from '../../requests/view.ts';
import { eventPhrase } from '../../wording/events.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { approve, bo, confirmGranted, deny, lease, noon } from '../core/request/request.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

/** Each part has an effect in mrkdwn: a mention of everybody, of a person, a link, bold text. */
const HOSTILE = '<!channel> <@U0BOLIND01> <https://evil.example|Approve> *bold* &amp;';

/** All mrkdwn of some blocks, and the text of the notification, which Slack reads as mrkdwn too. */
const markupOf = (blocks: readonly object[], text = ''): string => {
  const found: string[] = [text];
  JSON.stringify(blocks, (_key, value: unknown) => {
    const { type, text: markup } = (value ?? {}) as { type?: string; text?: unknown };
    if (type === 'mrkdwn') found.push(String(markup));
    return value;
  });
  return found.join('\n');
};

/** Everything that has an effect in this markup, except times and mentions that Curfew writes itself. */
const effectsIn = (markup: string): readonly string[] =>
  (markup.match(/<(?!!date)[^>]*>|\*bold\*|&(?!amp;|lt;|gt;)|&amp;(?!amp;)/g) ?? []).filter(
    (each) => !/^<@U0(ANAFERR1|CYOKAFR1)>$/.test(each),
  );

const [target] = viewAfter([]).targets;
const targets = [{ ...target, plain: HOSTILE, permissions: [HOSTILE] }] as RequestView['targets'];
const active = [approve(bo), confirmGranted()];
const nameOf = () => ({ name: HOSTILE });
const [entitlement] = policyOf().entitlements.values();
if (!entitlement) throw new Error('the quickstart has no entitlement');
const hostile = { ...entitlement, title: HOSTILE, about: HOSTILE };
const failed = {
  kind: 'fail-grant',
  fault: 'provider-refused',
  why: HOSTILE,
  at: noon,
} as const;
const card = (view: RequestView, reader?: Parameters<typeof requestCard>[1]) => {
  const { blocks, text } = requestCard(view, reader);
  return markupOf(blocks, text);
};
const own = (view: RequestView) => {
  const { blocks, text } = requesterCard(view);
  return markupOf(blocks, text);
};

describe('text from elsewhere has no effect where Slack reads markup (T18, B63)', () => {
  test.each<[string, string]>([
    ['a target of a provider, on the card of an approver', card(viewAfter([], { targets, nameOf }), bo)],
    ['a target of a provider, on the card of the requester', own(viewAfter(active, { targets, nameOf }))],
    ['what a provider said when it refused, on a card', card(viewAfter([approve(bo), failed], { nameOf }))],
    [
      'what a provider said when it refused, for the requester',
      own(viewAfter([approve(bo), failed], { nameOf })),
    ],
    [
      'the title and the description, on a card',
      card(viewAfter([], { title: HOSTILE, about: HOSTILE, nameOf })),
    ],
    ['the title, for the requester', own(viewAfter(active, { title: HOSTILE, nameOf }))],
    [
      'the description of an entitlement, in the form',
      markupOf(requestModal({ entitlement: hostile, targets: [], route: ok([]) }, String, '').blocks),
    ],
    [
      'why an entitlement cannot be requested, in the form',
      markupOf(
        requestModal(
          { entitlement, targets: [], route: no([{ kind: 'quoted', text: HOSTILE }]) },
          mention(nameOf),
          '',
        ).blocks,
      ),
    ],
    ['the name of a person, on a card', card(viewAfter([approve(bo)], { nameOf }))],
    [
      'the title, in the form of a denial',
      markupOf(denyModal(viewAfter([], { title: HOSTILE, nameOf }), '').blocks),
    ],
    ['the title, with a password', markupOf(passwordModal(HOSTILE, HOSTILE, noon).blocks)],
    [
      'titles, in the list',
      markupOf(
        accessListMessage({ newest: [viewAfter(active, { title: HOSTILE, nameOf })], count: 1 }, [hostile])
          .blocks,
      ),
    ],
    [
      'why the policy cannot be read, in the list',
      markupOf(accessListMessage({ newest: [], count: 0 }, HOSTILE).blocks),
    ],
  ])('%s', (_where, markup) => {
    expect(effectsIn(markup)).toEqual([]);
    expect(markup).toContain('&lt;!channel&gt;');
  });

  test('the reason and the denial are quotes, in which Slack reads no markup', () =>
    expect(effectsIn(card(viewAfter([deny(bo)], { reason: HOSTILE, denial: HOSTILE, nameOf })))).toEqual([]));

  test('the target of a provider is exact text in the form, in which Slack reads no markup', () => {
    const { blocks } = requestModal({ entitlement, targets, route: ok([]) }, String, '');
    expect(effectsIn(markupOf(blocks))).toEqual([]);
    expect(JSON.stringify(blocks)).toContain(JSON.stringify(HOSTILE).slice(1, -1));
  });

  test.each<[string, Event]>([
    ['what a provider shows after a grant', { kind: 'granted', lease, seen: HOSTILE, at: noon }],
    [
      'what a provider shows after a revocation, and its note',
      { kind: 'revoked', lease, seen: HOSTILE, note: HOSTILE, at: noon },
    ],
    [
      'what an account had',
      { kind: 'intended', lease, level: HOSTILE, prior: HOSTILE, subject: HOSTILE, at: noon } as Event,
    ],
    ['why a request became void', { kind: 'closed', ending: { kind: 'voided', why: HOSTILE }, at: noon }],
  ])('%s, in a thread', (_what, event) => {
    const line = mrkdwn(eventPhrase(event, HOSTILE), mention(nameOf));
    expect(effectsIn(line)).toEqual([]);
    expect(line).toContain('&lt;!channel&gt;');
  });
});
