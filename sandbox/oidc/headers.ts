import type { Client } from './client.ts';

/**
 * The headers of every answer. Nothing inline, nothing from another host, no frame. A form may end at the client, because the answer to
 * the form on the page redirects there. The referrer policy cannot be `no-referrer`: a browser then hides the origin of a form.
 */
export function headersFor({ redirectUris, postLogoutRedirectUris }: Client): ReadonlyMap<string, string> {
  const origins = new Set([...redirectUris, ...postLogoutRedirectUris].map((uri) => new URL(uri).origin));
  const policy = [
    "default-src 'none'",
    "script-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self' ${[...origins].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return new Map([
    ['content-security-policy', policy.join('; ')],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['referrer-policy', 'same-origin'],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
  ]);
}
