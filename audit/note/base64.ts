/** The bytes of standard base64 with its padding; undefined for any other text. Buffer.from skips what it does not know. */
export function parseBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
