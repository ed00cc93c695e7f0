import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;

/**
 * Answers only to a loopback name. A page elsewhere that rebinds its own DNS name to 127.0.0.1 still sends
 * its own name as `Host`.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (!LOOPBACK.test(c.req.header('host') ?? ''))
    return c.text('This sandbox answers on localhost only.', 421);
  await next();
};

/** Whether a request that changes something comes from a page of this very server. */
export function isSameOrigin(header: (name: string) => string | undefined): boolean {
  const site = header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = header('origin');
  return origin !== undefined && origin === `http://${header('host') ?? ''}`;
}

/** Refuses a change that another site asks the browser for, whatever its content type is. */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !isSameOrigin((name) => c.req.header(name)))
    return c.text('Only the sandbox page itself may do this.', 403);
  await next();
};

/** Nothing inline, nothing from elsewhere, never in a frame. */
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
