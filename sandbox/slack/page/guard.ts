import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;

/**
 * Refuses a request whose `Host` is not a loopback name. This stops DNS rebinding: a foreign page that points
 * its own DNS name to 127.0.0.1 still sends that name as `Host`.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (!LOOPBACK.test(c.req.header('host') ?? ''))
    return c.text('This sandbox responds on localhost only.', 421);
  await next();
};

/** Whether a request comes from a page of this server. */
export function isSameOrigin(header: (name: string) => string | undefined): boolean {
  const site = header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = header('origin');
  return origin !== undefined && origin === `http://${header('host') ?? ''}`;
}

/** Refuses a request from another site, with any content type, unless it only reads. */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !isSameOrigin((name) => c.req.header(name)))
    return c.text('Only the sandbox page itself may do this.', 403);
  await next();
};

/** Forbids inline scripts and styles, content from other hosts, and frames. */
export const strictHeaders = secureHeaders({
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
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  strictTransportSecurity: false,
});
