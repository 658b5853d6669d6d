/**
 * Portkey 1.15 answers 500 to every stream when installed afresh: the newest server library that its range allows keeps the
 * headers of a fetched answer, which cannot be changed, and Portkey then adds its own. A copy of such an answer can be changed.
 */
const { fetch: original, Response: NativeResponse } = globalThis;
globalThis.fetch = async (...args) => {
  const response = await original(...args);
  const streamed = response.headers.get("content-type")?.startsWith("text/event-stream");
  return streamed ? new NativeResponse(response.body, response) : response;
};
