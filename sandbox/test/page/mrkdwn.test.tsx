import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseInline, parseMrkdwn } from '../../slack/page/mrkdwn.ts';
import { Mrkdwn, Plain } from '../../slack/page/mrkdwn-view.tsx';
import { render, viewer, textOf } from './render.fixture.ts';

const rendered = (text: string) => render(<Mrkdwn text={text} viewer={viewer} />);

describe('mrkdwn is rendered as in Slack', () => {
  test.each([
    ['bold', 'a *b c* d', 'a <b>b c</b> d'],
    ['italic', '_now_', '<i>now</i>'],
    ['strike', '~no~', '<s>no</s>'],
    ['nested', '*a _b_*', '<b>a <i>b</i></b>'],
    ['not inside a word', 'snake_case_name and 2*3*4', 'snake_case_name and 2*3*4'],
    ['not around spaces', '* a * and _ b _', '* a * and _ b _'],
    ['not over a line', '*a\nb*', '*a<br/>b*'],
    ['code keeps its marks', '`*a* &lt;b&gt;`', '<code class="code">*a* &lt;b&gt;</code>'],
    ['escaped entities are characters, once', '&amp;lt;', '&amp;lt;'],
    ['other entities are text', '&quot;', '&amp;quot;'],
    ['a person by name', '<@U0BOLIND01>', '<span class="mention">@Bo Lindqvist</span>'],
    ['the reader', '<@U0ANAFERR1>', '<span class="mention mention--me">@Ana Ferreira</span>'],
    ['an unknown person', '<@U0NOBODY00|zed>', '<span class="mention">@zed</span>'],
    ['a channel', '<#C0ACCESS01|old-name>', '<span class="mention">#access-requests</span>'],
    ['everybody', '<!here>', '<span class="mention">@here</span>'],
    ['an unknown emoji stays text', ':no_such_thing:', ':no_such_thing:'],
    ['an unclosed angle is text', 'a &lt; b < c', 'a &lt; b &lt; c'],
  ])('%s', async (_why, text, expected) => {
    expect(await rendered(text)).toBe(`<span class="lines" dir="auto">${expected}</span>`);
  });

  test('emoji that were typed as characters are pictures, also in code and links', async () => {
    for (const text of ['🔑', '`🔑`', '```🔑```', '<https://example.com|🔑>', '*🔑*'])
      expect(await rendered(text)).toContain('src="/emoji/1f511.svg" alt="🔑"');
    expect(await rendered('1 # © ™ é 字')).not.toContain('<img');
  });

  test('an emoji is a picture that stands for its character', async () => {
    expect(await rendered(':white_check_mark:')).toContain(
      'src="/emoji/2705.svg" alt="✅" title=":white_check_mark:"',
    );
  });

  test('a link has its label and opens in a new tab', async () => {
    const markup = await rendered('<https://a.example/?q=1&amp;r=2|the notes>');
    expect(markup).toContain('href="https://a.example/?q=1&amp;r=2"');
    expect(markup).toContain('rel="noopener noreferrer nofollow">the notes</a>');
  });

  test('a URL in the text is a link without the full stop after it', async () => {
    expect(textOf(await rendered('see https://a.example/x.'))).toBe('see https://a.example/x.');
    expect(await rendered('see https://a.example/x.')).toContain('>https://a.example/x</a>.');
  });

  test('quotes and code blocks are separate chunks', () => {
    expect(parseMrkdwn('a\n&gt; b\n> c\nd```\ne *f*\n```').map(({ kind }) => kind)).toEqual([
      'lines',
      'quote',
      'lines',
      'pre',
    ]);
  });

  test('a date is shown in the viewer’s time zone, with the fallback as its title', async () => {
    const text = `<!date^${Date.UTC(2026, 10, 25, 14, 5) / 1000}^{date_short_pretty} at {time}|25 Nov, 14:05 UTC>`;
    const inLisbon = await rendered(text);
    const inKolkata = await render(<Mrkdwn text={text} viewer={{ ...viewer, tz: 'Asia/Kolkata' }} />);
    expect(textOf(inLisbon)).toBe('Today at 14:05');
    expect(textOf(inKolkata)).toBe('Today at 19:35');
    expect(inLisbon).toContain('title="25 Nov, 14:05 UTC"');
  });

  test('an invalid date is shown as its fallback', async () => {
    expect(textOf(await rendered('<!date^soon^{time}|soon enough>'))).toBe('soon enough');
  });
});

describe('hostile text is escaped', () => {
  test.each([
    ['markup', '<script>alert(1)</script>'],
    ['markup in a label', '<https://a.example|<img src=x onerror=alert(1)>>'],
    ['escaped markup', '&lt;img src=x onerror=alert(1)&gt;'],
    ['an attribute that breaks out', '<https://a.example/"onmouseover="alert(1)|x>'],
    ['a script address', '<javascript:alert(1)|click me>'],
    ['a script address with a tab', '<java\tscript:alert(1)|click me>'],
    ['a data address', '<data:text/html,<script>alert(1)</script>|x>'],
    ['a fallback', '<!date^x^{time}|"><script>alert(1)</script>>'],
  ])('%s', async (_why, text) => {
    const markup = await rendered(text);
    expect(markup).not.toMatch(/<(script|img|iframe)/i);
    expect(markup).not.toMatch(/href="(javascript|data):/i);
    expect(markup).not.toMatch(/ on\w+=(?!alert\(1\)&gt;)[^&]/);
  });

  test('bidirectional overrides become visible and invisible characters are removed', async () => {
    expect(textOf(await render(<Plain text={'approve \u202eynapmoc\u200b' + '\u0007x'} />))).toBe(
      'approve \ufffdynapmocx',
    );
  });

  test('plain text stays plain, with its lines', async () => {
    expect(await render(<Plain text={'*a* <@U0BOLIND01>\n:eyes:'} emoji={false} />)).toBe(
      '*a* &lt;@U0BOLIND01&gt;<br/>:eyes:',
    );
  });

  test('any text is rendered without an error and in reasonable time', async () => {
    const soup = fc.string({
      unit: fc.constantFrom('*', '_', '~', '`', '<', '>', '|', '\n', ':', '@', '^', 'a', ' ', '&'),
      maxLength: 400,
    });
    await fc.assert(
      fc.asyncProperty(soup, async (text) => {
        const markup = await rendered(text);
        expect((markup.match(/</g) ?? []).length).toBe((markup.match(/>/g) ?? []).length);
      }),
      { numRuns: 150 },
    );
    expect(parseInline('*a '.repeat(1000)).length).toBeGreaterThan(0);
  });
});
