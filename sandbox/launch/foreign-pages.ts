import type { MiddlewareHandler } from 'hono';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;

type Header = (name: string) => string | undefined;

/**
 * Refuses what a web page of another site sends, because every page that is open in a browser can reach the ports of
 * this machine (T42). Such a page shows itself by its `Host`, when its own DNS name points to 127.0.0.1 (DNS rebinding),
 * or by what the browser says of its origin. A link to the sandbox may be followed from anywhere.
 */
export const refuseForeignPages: MiddlewareHandler = async (c, next) => {
  const header: Header = (name) => c.req.header(name);
  if (!LOOPBACK.test(header('host') ?? '')) return c.text('This sandbox responds on localhost only.', 421);
  if (isFromAnotherSite(header)) return c.text('Pages of other sites may not use the sandbox.', 403);
  await next();
};

function isFromAnotherSite(header: Header): boolean {
  const origin = header('origin');
  if (origin !== undefined && origin !== `http://${header('host') ?? ''}`) return true;
  const site = header('sec-fetch-site') ?? 'none';
  const isLink = header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document';
  return site !== 'none' && site !== 'same-origin' && !isLink;
}
