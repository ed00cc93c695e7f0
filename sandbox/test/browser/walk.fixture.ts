import type { Locator, Page } from 'playwright-core';
import { explainWith } from '../../../test/explain.fixture.ts';
import { COLLEAGUES } from '../../world/company.ts';

const slackId = (name: string): string => {
  const found = COLLEAGUES.find((colleague) => colleague.name.startsWith(name));
  if (!found) throw new Error(`nobody is called ${name}`);
  return found.slackId;
};

const MOST_CLICKS = 4;
/** Long after Slack has forgotten the click. */
const CLICK_AGAIN_MS = 10_000;

export type Visitor = ReturnType<typeof visitor>;

/** A user of the sandbox page, who finds elements by their text and acts as one person at a time. */
export function visitor(page: Page, url: string) {
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name }).last();
  explainWith('what the page shows', async () => (await page.locator('main').innerText()).split('\n'));
  /** On a phone, shows a part that is behind a button. Elsewhere it is on the screen already. */
  const show = async (panel: 'side' | 'people' | 'world'): Promise<void> => {
    const toggle = page.locator(`#${panel}-toggle`);
    if (!(await page.locator(`#${panel}`).isVisible())) await toggle.click();
  };
  const sees = async (words: string | RegExp): Promise<void> => page.getByText(words).last().waitFor();
  return {
    page,
    button,
    sees,

    async arrive(): Promise<void> {
      await page.goto(url);
      await page.getByText('Loading…').first().waitFor({ state: 'detached' });
    },

    async become(name: string): Promise<void> {
      await show('people');
      const person = page.locator(`#person-${slackId(name)}`);
      await person.click();
      // The address changes before the page does, and the links of the old page belong to the person before.
      await person.and(page.locator('[aria-current="true"]')).waitFor({ state: 'attached' });
    },

    async goTo(place: RegExp): Promise<void> {
      await show('side');
      const link = page.locator('#side').getByRole('link', { name: place, includeHidden: true });
      await link.click();
      await link.and(page.locator('[aria-current="page"]')).waitFor({ state: 'attached' });
    },

    async type(text: string): Promise<void> {
      const box = page.getByRole('textbox', { name: /^Message/ });
      await box.fill(text);
      await box.press('Enter');
    },

    /** Fills in the open form and submits it. */
    async ask(length: string, reason: string): Promise<void> {
      const form = page.getByRole('dialog');
      await form.getByRole('textbox', { name: 'For how long?' }).fill(length);
      await form.getByRole('textbox', { name: 'Why?' }).fill(reason);
      await form.getByRole('button', { name: 'Request', exact: true }).click();
    },

    /** Clicks a button that opens a form. Slack opens none when the answer took over three seconds: then a person clicks again. */
    async opens(name: string | RegExp): Promise<Locator> {
      const form = page.getByRole('dialog');
      for (let clicks = 0; clicks < MOST_CLICKS; clicks += 1) {
        await button(name).click();
        const isOpen = form.waitFor({ timeout: CLICK_AGAIN_MS }).then(
          () => true,
          () => false,
        );
        if (await isOpen) return form;
      }
      throw new Error(`no form opened after ${MOST_CLICKS} clicks on ${String(name)}`);
    },

    /** Clicks an approve button and confirms. */
    async approve(what: RegExp): Promise<void> {
      await button(what).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },

    /** Runs a query in the terminal. */
    async query(sql: string): Promise<void> {
      await show('world');
      await page.getByLabel('Query').fill(sql);
      await button('Run').click();
    },
  };
}
