import type { Browser, BrowserContext } from 'playwright-core';
import { startConsoleServer } from '../../console/server.ts';
import { LOOPBACK, onFreePort } from '../../sandbox/launch/ports.ts';
import type { ConsoleFixture } from './console.fixture.ts';

/** The console on a port, for a real browser. */
export type ServedConsole = Readonly<{
  origin: string;
  /** A context of the browser in which one person is signed in. */
  as(
    browser: Browser,
    person: string,
    options?: Parameters<Browser['newContext']>[0],
  ): Promise<BrowserContext>;
  stop(): Promise<void>;
}>;

export async function serve({ deps, session }: ConsoleFixture): Promise<ServedConsole> {
  const originOf = (port: number): string => `http://${LOOPBACK}:${port}`;
  const running = await onFreePort('The console', { given: undefined, used: undefined }, (port) =>
    startConsoleServer({ ...deps, origin: originOf(port) }, { host: LOOPBACK, port }),
  );
  const origin = originOf(running.port);
  return {
    origin,
    async as(browser, person, options) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(60_000);
      const value = await session(person);
      await context.addCookies([
        {
          name: '__Host-curfew-session',
          value,
          url: origin.replace('http:', 'https:'),
          httpOnly: true,
          secure: true,
          sameSite: 'Lax',
        },
      ]);
      return context;
    },
    stop: () => running.stop(),
  };
}
