/** Stops what the global set-up started; it left the way to do so on the global object. */
export default async function stop() {
  await globalThis.stopTestServices?.();
}
