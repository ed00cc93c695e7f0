import { describe, expect, test } from '@jest/globals';
import { phraseMessage } from '../../bot/cards/rendered-message.ts';
import { channelCard } from '../../bot/cards/request-cards.ts';
import type { Event } from '../../core/request/events.ts';
import { eventPhrase } from '../../wording/events.ts';
import { lease, noon } from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { type Drawn, everyView } from './every-view.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

/** Each part has an effect somewhere: a line in Curfew's name, an emoji, mentions, a link, formats, hidden characters. */
const HOSTILE =
  'x.\n:tada: Closed by Sam Rao. <!channel> <@U0EVIL0001> <https://evil.example|Approve> *bold* `code` &amp; \u202egnp.exe\u3164';

/** The value of a button is not shown. The text of a field is exactly what its person typed, because they submit it. */
const UNSEEN: readonly string[] = ['value', 'initial_value'];

type Part = Readonly<{ type?: string; text?: unknown; name?: string; emoji?: boolean; user_id?: string }>;

/** Every object in some blocks. */
function partsOf(blocks: readonly object[]): readonly Part[] {
  const found: Part[] = [];
  JSON.stringify(blocks, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null) found.push(value);
    return value;
  });
  return found;
}

/** All mrkdwn of a message or a view, and the text of its notification, which Slack reads as mrkdwn too. */
const markupOf = ({ blocks, text = '' }: Drawn): string =>
  [text, ...partsOf(blocks).flatMap((part) => (part.type === 'mrkdwn' ? [String(part.text)] : []))].join(
    '\n',
  );

/**
 * Everything that has an effect in this markup, except times, mentions and icons that Curfew writes itself. In code, Slack
 * reads nothing but what is in angle brackets.
 */
const effectsIn = (markup: string): readonly string[] => {
  const everywhere = markup.match(/<(?!!date)[^>]*>|&(?!amp;|lt;|gt;)|&amp;(?!amp;)|`code`/g) ?? [];
  const others = markup.replaceAll(/`[^`\n]*`/g, '').match(/\*bold\*|:[^\s:\u2060]+:/g) ?? [];
  return [...everywhere, ...others].filter(
    (each) => !/^(<@U0(ANAFERR1|CYOKAFR1)>|:(lock|key|alarm_clock|warning):)$/.test(each),
  );
};

/** The elements that act: icons, and whatever mentions or links. Curfew writes some of them itself. */
const actingParts = (blocks: readonly object[]): readonly string[] =>
  partsOf(blocks)
    .filter(({ type }) => /^(emoji|link|broadcast|channel|usergroup|user|image)$/.test(type ?? ''))
    .map(({ type, name, user_id }) => `${type} ${name ?? user_id ?? ''}`)
    .filter((each) => !/^user U0(ANAFERR1|BOLIND01|CYOKAFR1)$/.test(each))
    .filter(
      (each) =>
        !/^emoji (warning|alarm_clock|hourglass_flowing_sand|gear|large_green_circle|white_circle)$/.test(
          each,
        ),
    );

/** The lines of a message that are in no quotation: Slack marks each line of a quotation. */
const ownLines = ({ blocks, text = '' }: Drawn): readonly string[] =>
  [...text.split('\n'), ...linesOf(blocks).filter((line) => !line.startsWith('> '))].flatMap((line) =>
    line.split('\n'),
  );

const reply = (event: Event) =>
  phraseMessage([eventPhrase(event, { title: HOSTILE, granted: () => 'granted' })], () => ({
    name: HOSTILE,
  }));

describe('text from elsewhere has no effect in Slack, and no line of it looks like one of Curfew (T18, T48, B63)', () => {
  test.each(everyView(HOSTILE))('%s', (_where, drawn) => {
    const shown = JSON.stringify(drawn, (field, value: unknown) =>
      UNSEEN.includes(field) ? undefined : value,
    );
    expect(shown).toContain(':tada:'.slice(1));
    expect(effectsIn(markupOf(drawn))).toEqual([]);
    expect(actingParts(drawn.blocks)).toEqual([]);
    expect(
      partsOf(drawn.blocks).filter(
        ({ type, text, emoji }) => type === 'plain_text' && emoji !== false && /tada/.test(String(text)),
      ),
    ).toEqual([]);
    expect(ownLines(drawn).filter((line) => /^[^a-z]*(tada|closed by)/i.test(line))).toEqual([]);
    expect(shown).not.toMatch(/\u202e|\u3164/);
  });

  test('a card keeps the line ends of a reason, because it is a quotation', () => {
    const lines = linesOf(channelCard(viewAfter([], { reason: 'one\ntwo' })).blocks);
    expect(lines).toContain('> one\ntwo');
  });

  test('a receipt shows the exact text of the provider, set apart from what Curfew says', () => {
    const { blocks } = reply({ kind: 'revoked', lease, seen: 'none', note: 'table "x.\ny"', at: noon });
    expect(linesOf(blocks)).toEqual([
      'Access revoked and verified. The provider shows now: `none`. Note: `table "x.▯y"`.',
    ]);
  });

  test('a long text of a provider is cut, so that Slack takes the message', () => {
    const { blocks } = reply({ kind: 'granted', lease, seen: 'y'.repeat(10_000), at: noon });
    expect(linesOf(blocks)).toEqual([`Granted. The provider shows now: \`${'y'.repeat(499)}…\`.`]);
  });
});
