import { describe, expect, test } from '@jest/globals';
import {
  dateMarkup,
  escaped,
  escapedName,
  mention,
  mrkdwn,
  mrkdwnWithIds,
  plainText,
} from '../../bot/cards/mrkdwn.ts';
import type { PersonId } from '../../core/ids.ts';
import { code, emphasis, instant, person, phrase, quoted } from '../../wording/phrase.ts';

const nameOf = (who: PersonId) => (who === 'ana' ? { name: 'A_na', slack: 'U0ANA' } : { name: 'B_o & <co>' });
const [ana, bo] = ['ana', 'b_o'] as [PersonId, PersonId];
const at = Date.UTC(2026, 0, 5, 12, 0, 59, 999);

test.each([
  ['*', '*\u2060'],
  ['_', '_\u2060'],
  ['~', '~\u2060'],
  ['`', '`\u2060'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['&lt;', '&amp;lt;'],
  ['\u202e', '▯'],
  ['\n', '▯'],
])('in text from elsewhere every "%s" is shown as it is', (mark, shown) =>
  expect(escaped(`a${mark}b${mark}`)).toBe(`a${shown}b${shown}`),
);

test.each([
  [':tada:', ':\u2060tada:'],
  [':+1::skin-tone-2:', ':\u2060+1::\u2060skin-tone-2:'],
  ['arn:aws:logs', 'arn:\u2060aws:logs'],
  ['note: see 12:30', 'note: see 12:30'],
  ['> said', '\u2060&gt; said'],
])('"%s" in text from elsewhere is neither an emoji nor a quotation', (text, shown) =>
  expect(escaped(text)).toBe(shown),
);

test('a time is a whole number of seconds, and in UTC for a client that cannot show it', () =>
  expect(dateMarkup(at, 'ends ')).toBe(
    '<!date^1767614459^ends {date_short_pretty} at {time}|ends 2026-01-05 12:00 UTC>',
  ));

describe('a person is', () => {
  test.each([
    ['mentioned when they have a Slack account', mention(nameOf), ana, '<@U0ANA>'],
    ['named when they have none', mention(nameOf), bo, 'B_\u2060o &amp; &lt;co&gt;'],
    ['named in a notification, also with a Slack account', escapedName(nameOf), ana, 'A_\u2060na'],
  ])('%s', (_how, render, who, expected) => {
    expect(render(who)).toBe(expected);
    expect(mrkdwn(person(who), render)).toBe(expected);
  });

  test('their id in text that names nobody', () =>
    expect(mrkdwnWithIds(phrase`by ${person(bo)}`)).toBe('by b_\u2060o'));
});

test('code ends only where it should, and each backtick in it is replaced', () =>
  expect(mrkdwnWithIds(code('a`b`&<'))).toBe('`a\u02cbb\u02cb&amp;&lt;`'));

test('a person in emphasis is rendered like any other', () => {
  expect(mrkdwn(emphasis(person(ana)), mention(nameOf))).toBe('*<@U0ANA>*');
  expect(plainText(emphasis(person(bo)), (who) => nameOf(who).name)).toBe('B_o & <co>');
});

test('without markup, text that hides or reorders other text is made visible', () =>
  expect(
    plainText(
      phrase`${person('a\u202e' as PersonId)} ${code('b\u202e')} ${emphasis(quoted('c\u202e'))}${instant(at, ', ')}`,
    ),
  ).toBe('a▯ b▯ c▯, 2026-01-05 12:00 UTC'));
