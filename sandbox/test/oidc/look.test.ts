import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { buildEndSessionUrl, type Configuration } from 'openid-client';
import type { IdentityProvider } from '../../oidc/server.ts';
import { barriers } from '../browser/axe.fixture.ts';
import { hasChromium, openBrowser } from '../browser/chromium.fixture.ts';
import { begin, clientAt, discover, redeem, startProvider } from './provider.fixture.ts';

const WIDTHS = [390, 1024] as const;

if (hasChromium)
  describe('in Chromium', () => {
    let browser: Browser;
    let provider: IdentityProvider;
    let config: Configuration;
    /** Stands for the console, which answers with an empty page. */
    let front: Server;
    let address: string;
    beforeAll(async () => {
      browser = await openBrowser();
      front = createServer(
        (_request, response) =>
          void response.setHeader('content-type', 'text/html').end('<title>console</title>'),
      );
      await new Promise<void>((listening) => front.listen(0, '127.0.0.1', listening));
      const place = front.address();
      address = `http://127.0.0.1:${typeof place === 'object' ? place?.port : ''}`;
      provider = await startProvider(0, clientAt(address));
      config = await discover(provider.issuer);
    });
    afterAll(async () => {
      await browser?.close();
      await provider?.stop();
      front?.close();
    });
    const beginAt = (other: Readonly<Record<string, string>> = {}) =>
      begin(config, { redirect_uri: `${address}/sign-in/return`, ...other });

    async function newPage(javaScriptEnabled: boolean): Promise<Page> {
      const page = await browser.newPage({ javaScriptEnabled });
      page.setDefaultTimeout(60_000);
      return page;
    }

    test.each([
      ['with script', true],
      ['without script', false],
    ])(
      'Ana signs in by keyboard %s, and the policy of the page lets her return to the console',
      async (_how, script) => {
        const page = await newPage(script);
        const begun = await beginAt();
        await page.goto(begun.url.href);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.waitForURL(`${address}/sign-in/return?**`);
        const arrival = { url: new URL(page.url()), status: 200, text: '', headers: new Headers() };
        expect((await redeem(config, arrival, begun)).claims()).toMatchObject({ sub: 'lantern|ana' });
        await page.close();
      },
    );

    test('axe finds nothing wrong on any page in light and dark, and nothing scrolls sideways', async () => {
      const page = await newPage(true);
      const found: string[] = [];
      const look = async (what: string) => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 844 });
          if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
            found.push(`${what}: too wide at ${width}`);
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            const here = await barriers(page, colorScheme === 'light' ? 'all' : 'colours');
            found.push(...here.map((each) => `${what}, ${width}, ${colorScheme}: ${each}`));
          }
        }
      };
      await page.goto(provider.issuer);
      await look('the first page');
      await page.goto((await beginAt({ client_id: 'x' })).url.href);
      await look('a refusal');
      await page.goto((await beginAt()).url.href);
      await look('the choice');
      await page.getByRole('button', { name: /^Ana/ }).click();
      await page.waitForURL(`${address}/sign-in/return?**`);
      await page.goto((await beginAt({ prompt: 'login' })).url.href);
      await look('the choice of somebody who is signed in');
      await page.goto(buildEndSessionUrl(config, { post_logout_redirect_uri: `${address}/` }).href);
      await look('the question whether to sign out');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${address}/`);
      expect(found).toEqual([]);
    });
  });
else test.skip('in Chromium (skipped: no /usr/bin/chromium)', () => undefined);
