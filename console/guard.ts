import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

const YEAR_S = 31_536_000;

/**
 * Refuses what no page of the console sent. A request under another host name is that of another site whose name points here (DNS
 * rebinding, T42). What changes something must come from a page of this origin (T27).
 */
export const ownPagesOnly =
  (origin: string): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.header('host') !== new URL(origin).host)
      return c.text(`The console is at ${origin} only.`, 421);
    const isReading = c.req.method === 'GET' || c.req.method === 'HEAD';
    const from = c.req.header('origin');
    const isOwn = isReading ? isOpenedOrOwn((name) => c.req.header(name), origin) : from === origin;
    return isOwn ? next() : c.text('Only a page of the console may do this.', 403);
  };

/** A link may be followed from anywhere. Everything else that another site loads from here is refused. */
function isOpenedOrOwn(header: (name: string) => string | undefined, origin: string): boolean {
  const from = header('origin');
  if (from !== undefined && from !== origin) return false;
  const site = header('sec-fetch-site') ?? 'none';
  const isLink = header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document';
  return site === 'none' || site === 'same-origin' || isLink;
}

/** Allows content of this server only, nothing inline, and no frame (T27). Pages have personal data, so nobody keeps a copy. */
export const strictHeaders = (origin: string): MiddlewareHandler => {
  const isEncrypted = origin.startsWith('https:');
  const headers = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // With no-referrer, a browser says nothing of the origin of a form.
    referrerPolicy: 'same-origin',
    xFrameOptions: 'DENY',
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    strictTransportSecurity: isEncrypted ? `max-age=${YEAR_S}` : false,
  });
  return async (c, next) => {
    c.header('cache-control', 'no-store');
    await headers(c, next);
  };
};
