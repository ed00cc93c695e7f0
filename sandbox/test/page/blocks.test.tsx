import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { AnyBlock, KnownBlock } from '@slack/types';
import { Blocks } from '../../slack/page/blocks/block.tsx';
import { render, viewer, textOf } from './render.fixture.ts';

const spot = { viewer, where: 'here' };
const rendered = (...blocks: AnyBlock[]) => render(<Blocks blocks={blocks} spot={spot} />);
const plain = (text: string) => ({ type: 'plain_text', text }) as const;
const option = (value: string) => ({
  value,
  text: plain(`${value} text`),
  description: plain(`${value} more`),
});

const button = { type: 'button', action_id: 'approve', text: plain('Approve 2 h') } as const;
const HOSTILE = '<script>alert(1)</script>';

const KINDS: readonly [string, KnownBlock, string | RegExp][] = [
  ['a header', { type: 'header', text: plain('Hi *you*') }, /<h3[^>]*>Hi \*you\*<\/h3>/],
  ['a divider', { type: 'divider' }, '<hr class="divider"/>'],
  ['fields in two columns', { type: 'section', fields: [plain('a'), plain('b')] }, /section__fields.*a.*b/],
  ['an accessory', { type: 'section', text: plain('x'), accessory: button }, 'section__accessory'],
  [
    'a context',
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: '*a*' }],
    },
    '<b>a</b>',
  ],
  [
    'a primary button',
    { type: 'actions', block_id: 'b', elements: [{ ...button, style: 'primary' }] },
    /class="btn btn--primary"[^>]* data-block="b" data-action="approve"/,
  ],
  [
    'a button with a label for screen readers',
    { type: 'actions', elements: [{ ...button, accessibility_label: 'Approve 2 h for Ana' }] },
    'aria-label="Approve 2 h for Ana"',
  ],
  [
    'a link button',
    { type: 'actions', elements: [{ ...button, url: 'https://a.example/' }] },
    /<a [^>]*class="btn"/,
  ],
  [
    'a confirm dialog',
    {
      type: 'actions',
      elements: [
        {
          ...button,
          confirm: {
            title: plain('Sure?'),
            text: plain('Really'),
            confirm: plain('Do it'),
            deny: plain('No'),
            style: 'danger',
          },
        },
      ],
    },
    /hidden.*Sure\?.*Really.*No.*btn--danger.*Do it/,
  ],
  [
    'a text input',
    {
      type: 'input',
      block_id: 'i',
      label: plain('Why?'),
      hint: plain('In a line'),
      optional: true,
      element: { type: 'plain_text_input', action_id: 'a', initial_value: 'x' },
    },
    /Why\?.*\(optional\).*<input [^>]*value="x".*In a line/,
  ],
  [
    'a text area',
    {
      type: 'input',
      label: plain('Why?'),
      element: { type: 'plain_text_input', action_id: 'a', multiline: true, initial_value: 'a\nb' },
    },
    /<textarea[^>]*>a\nb<\/textarea>/,
  ],
  [
    'a static select',
    {
      type: 'input',
      label: plain('Long?'),
      element: {
        type: 'static_select',
        action_id: 'a',
        options: [option('1'), option('2')],
        initial_option: option('2'),
      },
    },
    /data-chosen="&quot;2&quot;".*role="combobox".*value="2 text".*role="option".*1 text.*1 more/,
  ],
  [
    'an external select',
    {
      type: 'input',
      label: plain('What?'),
      dispatch_action: true,
      element: { type: 'external_select', action_id: 'a', min_query_length: 0 },
    },
    /data-dispatch="change".*data-external="0"/,
  ],
  [
    'radio buttons',
    {
      type: 'input',
      label: plain('Which?'),
      element: {
        type: 'radio_buttons',
        action_id: 'a',
        options: [option('1'), option('2')],
        initial_option: option('1'),
      },
    },
    /role="radiogroup".*type="radio"[^>]*value="1" checked/,
  ],
  [
    'checkboxes',
    {
      type: 'input',
      label: plain('Which?'),
      element: { type: 'checkboxes', action_id: 'a', options: [option('1'), option('2')] },
    },
    /type="checkbox"/,
  ],
  [
    'a time picker',
    {
      type: 'input',
      label: plain('When?'),
      element: { type: 'timepicker', action_id: 'a', initial_time: '14:05' },
    },
    /type="time" value="14:05"/,
  ],
  [
    'a text that dispatches on Enter',
    {
      type: 'input',
      label: plain('x'),
      dispatch_action: true,
      element: { type: 'plain_text_input', action_id: 'a' },
    },
    'data-dispatch="enter"',
  ],
];

type Rich = KnownBlock & { type: 'rich_text' };
// @slack/types lacks "offset" of a list.
const rich = (...elements: readonly object[]): Rich => ({ type: 'rich_text', elements }) as unknown as Rich;
const inline = (element: object) => ({ type: 'rich_text_section', elements: [element] });
const run = (text: string, style?: object) => inline({ type: 'text', text, ...(style && { style }) });
const list = (style: string, more: object, text: string) => ({
  type: 'rich_text_list',
  style,
  ...more,
  elements: [run(text)],
});

const RICH: readonly [string, Rich, string | RegExp][] = [
  [
    'text is never markup',
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '*a* <@U0BOLIND01>' }] }],
    },
    '*a* &lt;@U0BOLIND01&gt;',
  ],
  [
    'styles',
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [{ type: 'text', text: 'a', style: { bold: true, italic: true } }],
        },
      ],
    },
    '<b><i>a</i></b>',
  ],
  [
    'a person and a channel',
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'user', user_id: 'U0BOLIND01' },
            { type: 'channel', channel_id: 'C0ACCESS01' },
          ],
        },
      ],
    },
    /@Bo Lindqvist.*#access-requests/,
  ],
  [
    'a date in the zone',
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [{ type: 'date', timestamp: 1795615500, format: '{date_num} {time}', fallback: 'x' }],
        },
      ],
    },
    '2026-11-25 14:05',
  ],
  [
    'a list',
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_list',
          style: 'ordered',
          indent: 1,
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }],
        },
      ],
    },
    /<ol class="indent-1"><li[^>]*>one/,
  ],
  [
    'a list inside a list, and the list around it that goes on',
    rich(
      list('ordered', { indent: 0 }, 'one'),
      list('bullet', { indent: 1, border: 1 }, 'inside'),
      list('ordered', { indent: 0, offset: 1 }, 'two'),
    ),
    /<ol class="indent-0"><li[^>]*>one<.*<ul class="indent-1 bordered"><li[^>]*>inside<.*<ol class="indent-0" start="2"><li[^>]*>two</s,
  ],
  [
    'the other styles',
    rich(
      run('a', { strike: true }),
      run('b', { code: true }),
      run('c', { underline: true }),
      run('d', { bold: true, strike: true }),
    ),
    /<s>a<\/s>.*<code class="code">b<\/code>.*<u>c<\/u>.*<b><s>d<\/s><\/b>/s,
  ],
  [
    'a link with words, and one without',
    rich(
      inline({ type: 'link', url: 'https://example.com/1', text: 'ticket' }),
      inline({ type: 'link', url: 'https://example.com/2' }),
    ),
    /href="https:\/\/example.com\/1"[^>]*>ticket<.*href="https:\/\/example.com\/2"[^>]*>https:\/\/example.com\/2</s,
  ],
  [
    'emoji by name, by code points, and an unknown one',
    rich(
      inline({ type: 'emoji', name: 'eyes' }),
      inline({ type: 'emoji', name: 'technologist', unicode: '1f468-200d-1f4bb' }),
      inline({ type: 'emoji', name: 'party_parrot', unicode: 'not hexadecimal' }),
    ),
    /alt="👀".*\/emoji\/1f468-200d-1f4bb\.svg.*:party_parrot:/s,
  ],
  [
    'a broadcast, a group and a date as a link',
    rich(
      inline({ type: 'broadcast', range: 'channel' }),
      inline({ type: 'usergroup', usergroup_id: 'S0ONCALL01' }),
      inline({ type: 'date', timestamp: 1795615500, format: '{time}', url: 'https://example.com/3' }),
    ),
    /@channel<.*@S0ONCALL01<.*href="https:\/\/example.com\/3"[^>]*><time/s,
  ],
  [
    'the spaces of text and of code are kept',
    rich(run('a   b'), { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'c   d\n  e' }] }),
    /a {3}b.*<pre class="pre">c {3}d\n {2}e<\/pre>/s,
  ],
  [
    'a quote',
    { type: 'rich_text', elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text: 'so' }] }] },
    /<blockquote[^>]*>so<\/blockquote>/,
  ],
  [
    'preformatted',
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'a  b' }] }],
    },
    '<pre class="pre">a  b</pre>',
  ],
  [
    'a delivered credential has a button for the terminal',
    {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'postgres://u:p@127.0.0.1/d' }] },
      ],
    },
    'data-terminal="postgres://u:p@127.0.0.1/d"',
  ],
  [
    'a javascript: URL is not a link',
    {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_section', elements: [{ type: 'link', url: 'javascript:alert(1)', text: 'x' }] },
      ],
    },
    /^(?!.*<a ).*x/s,
  ],
];

describe('every type of block is rendered', () => {
  test.each(KINDS)('%s', async (_kind, block, expected) => {
    expect(await rendered(block)).toMatch(expected);
  });
  test.each(RICH)('rich text: %s', async (_kind, block, expected) => {
    expect(await rendered(block)).toMatch(expected);
  });

  test('an unknown type of block is named', async () => {
    expect(textOf(await rendered({ type: 'hologram' }))).toContain('type “hologram”');
  });

  test('two blocks with the same action_id have separate fields', async () => {
    const element = { type: 'plain_text_input', action_id: 'a' } as const;
    const markup = await rendered(
      { type: 'input', block_id: 'one', label: plain('1'), element } as KnownBlock,
      { type: 'input', block_id: 'two', label: plain('2'), element } as KnownBlock,
    );
    expect(markup).toContain('data-keep="here.one.a"');
    expect(markup).toContain('data-keep="here.two.a"');
  });

  test('data-keep changes with the options and not with the initial value', async () => {
    const keepOf = async (options: string[], initial: string) =>
      /data-keep="(here\.s\.a:[^"]*)"/.exec(
        await rendered({
          type: 'input',
          block_id: 's',
          label: plain('s'),
          element: {
            type: 'static_select',
            action_id: 'a',
            options: options.map(option),
            initial_option: option(initial),
          },
        } as KnownBlock),
      )?.[1];
    expect(await keepOf(['1', '2'], '1')).toBe(await keepOf(['1', '2'], '2'));
    expect(await keepOf(['1', '2'], '1')).not.toBe(await keepOf(['1', '3'], '1'));
  });
});

test('hostile text is escaped in every text of every type', async () => {
  const poison = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((each) => poison(each));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poison(each, name)]));
    const kept = new Set(['type', 'style', 'format', 'initial_time', 'range', 'level']);
    return typeof value === 'string' && !kept.has(key) ? `${value}"'>${HOSTILE}` : value;
  };
  for (const [, block] of [...KINDS, ...RICH]) {
    const markup = await rendered(poison(block) as KnownBlock);
    expect(markup).not.toContain('<script');
    expect(markup).not.toMatch(/="[^"]*"'>/);
  }
});

const CORPUS = join(import.meta.dirname, '../../../../shared/data/slack/valid');
const payloads = existsSync(CORPUS)
  ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  : [];

/** The blocks of a payload: of a message or view, a single block, or an element wrapped in a block. */
function blocksOf(name: string, payload: Record<string, unknown>): AnyBlock[] {
  const within = [payload, ...((payload['attachments'] as Record<string, unknown>[] | undefined) ?? [])];
  const listed = within.flatMap((each) => (each['blocks'] as AnyBlock[] | undefined) ?? []);
  if (listed.length > 0) return listed;
  if (name.startsWith('blocks/')) return [payload as unknown as AnyBlock];
  if (name.startsWith('elements/')) return [{ type: 'actions', elements: [payload] } as unknown as AnyBlock];
  if (name.startsWith('rich_text/')) {
    const part = /rich_text_(section|list|quote|preformatted)$/.test(String(payload['type']))
      ? payload
      : { type: 'rich_text_section', elements: [payload] };
    return [
      payload['type'] === 'rich_text' ? payload : { type: 'rich_text', elements: [part] },
    ] as unknown as AnyBlock[];
  }
  return [];
}

describe('payloads that Slack accepts', () => {
  if (payloads.length === 0) test.skip('skipped: no corpora', () => undefined);
  else
    test.each(payloads)('%s is rendered', async (name) => {
      const payload = JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as Record<string, unknown>;
      for (const block of blocksOf(name, payload)) expect((await rendered(block)).length).toBeGreaterThan(20);
    });
});
