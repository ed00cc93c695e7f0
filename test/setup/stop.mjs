/** Stops the servers of the global setup, which left a function for this on the global object. */
export default async function stop() {
  await globalThis.stopTestServices?.();
}
