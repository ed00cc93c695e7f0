import { z } from 'zod';

/** What `.env.example` says about a setting. A `secret` one may also be a file, which `<NAME>_FILE` names. */
export const META = z.object({
  group: z.string(),
  about: z.string(),
  example: z.string(),
  secret: z.boolean(),
});
export type Meta = z.infer<typeof META>;

export const plain = (group: string, text: string, example: string): Meta => ({
  group,
  about: text,
  example,
  secret: false,
});
export const secret = (group: string, text: string, example: string): Meta => ({
  ...plain(group, text, example),
  secret: true,
});

/** Any text, for what only the vendor can check. */
export const text = z.string().optional();
export const webUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address like https://host/path' })
  .optional();
