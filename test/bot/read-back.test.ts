import { describe, expect, test } from '@jest/globals';
import { type Drawn, everyView } from './every-view.fixture.ts';

// Names that vendors and people give. In mrkdwn, each of them would lose characters, or become something else.
const NAMES = [
  'arn:aws:logs:*:*:log-group:/orders/*',
  'orders_reader_and_writer_role',
  'a ~struck~ *bold* _sloped_ `code` name',
  'acme/orders & <internal> "team"',
  ':tada: <@U0BOLIND01> <!channel> <https://example.com|link>',
  '> quoted, &amp; escaped, José Ñandú 東京',
] as const;

type Part = Readonly<Record<string, unknown>>;

/** Every object in some blocks. */
function partsOf(value: unknown): readonly Part[] {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Part, ...Object.values(value).flatMap(partsOf)];
}

/** The text that a person sees as it is: in plain text and in rich text, in which Slack reads no markup. */
const exactTextOf = ({ blocks }: Drawn): string =>
  partsOf(blocks)
    .filter(
      ({ type, emoji, text }) =>
        typeof text === 'string' && (type === 'text' || (type === 'plain_text' && emoji === false)),
    )
    .map(({ text }) => text)
    .join('\n');

/** The text in which Slack reads markup. */
const markupOf = ({ blocks }: Drawn): string =>
  partsOf(blocks)
    .filter(({ type }) => type === 'mrkdwn' || type === 'markdown')
    .map(({ text }) => String(text))
    .join('\n');

describe.each(NAMES)('the name %s', (name) => {
  test.each(everyView(name))('is shown with the same characters: %s', (_view, drawn) => {
    const shown = exactTextOf(drawn);
    // The first letter of a sentence can be a capital one.
    expect(shown.toLowerCase()).toContain(name.toLowerCase());
    expect(shown.split(name.slice(1)).length).toBeGreaterThan(1);
    expect(shown).not.toMatch(/\u2060/);
    expect(markupOf(drawn)).not.toContain(name.slice(1, 12));
  });
});
