import { curlChat } from "./requests.ts";
import { chatUrl } from "./sample-texts.ts";

/**
 * A curl command that works with the key as it stands: a chat with `accessName`, or, where nothing can be called yet
 * (null), the list of models. `endpoint` ends in `/v1`.
 */
export function keyCheckCommand({ endpoint, accessName, apiKey }: { endpoint: string; accessName: string | null; apiKey: string }): string {
  if (accessName === null) return `curl '${endpoint}/models' -H "Authorization: Bearer ${apiKey}"`;
  return curlChat({ url: chatUrl(endpoint), accessName, apiKey }, false);
}
