import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Axe from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules whose result depends on the colours of the page. */
const ABOUT_COLOURS = ['color-contrast', 'link-in-text-block'];
const OPTIONS = {
  all: {},
  colours: { runOnly: ABOUT_COLOURS },
  elements: { rules: Object.fromEntries(ABOUT_COLOURS.map((rule) => [rule, { enabled: false }])) },
} as const;

/**
 * The accessibility problems of a page that axe finds, and what it could not decide. Empty when there are none.
 * All of axe's rules apply, those of WCAG 2 and its best practices. With `colours`, only those about colours: a page
 * in other colours has the same elements. With `elements`, all but those: the colours do not depend on the width. One
 * thing stays undecided: the contrast of text that something covers in part, for example below an open menu.
 */
export async function barriers(
  page: Page,
  which: 'all' | 'colours' | 'elements' = 'all',
): Promise<readonly string[]> {
  // Evaluated like a debugger does, because the page's policy forbids foreign scripts.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(SOURCE);
  return page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: typeof Axe };
    const { violations, incomplete, passes } = await axe.run({
      preload: false,
      resultTypes: ['violations', 'incomplete'], // of the others only whether there are any
      ...rules,
    });
    if (passes.length === 0) throw new Error('axe looked at nothing');
    const undecided = incomplete.filter(({ id }) => id !== 'color-contrast');
    return [...violations, ...undecided].map(({ id, nodes }) => {
      const where = nodes.map(({ html, failureSummary = '' }) => `${html.slice(0, 160)} ${failureSummary}`);
      return `${id}: ${where.join(' | ')}`;
    });
  }, OPTIONS[which]);
}
