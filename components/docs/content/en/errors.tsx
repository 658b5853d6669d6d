import type { DocsChapter } from "../../chapter.ts";
import { errorTables } from "../../error-tables.tsx";
import { FactTable, Snippet } from "../../prose.tsx";
import { errorMeaning } from "./error-meaning.ts";

export const errors: DocsChapter = {
  slug: "errors",
  title: "Limits and errors",
  summary: "How far a call may go, and what to do when it is refused.",
  sections: () => [
    {
      id: "bounds",
      title: "Bounds of a request",
      body: (
        <FactTable
          label="Bounds of a request"
          head={["What", "At most"]}
          rows={[
            { key: "body", cells: ["Body", "10 MiB"] },
            { key: "messages", cells: ["Messages of a conversation", "10,000"] },
            { key: "context", cells: ["Prompt and answer together", "The context length of the model, as its page says"] },
            { key: "n", cells: ["Answers to one prompt", "16"] },
            { key: "images", cells: ["Images of one call", "10"] },
            { key: "embeddings", cells: ["Texts of one embedding call", "2,048"] },
            { key: "first", cells: ["Wait for the first part of an answer", "60 seconds"] },
            { key: "silence", cells: ["Pause within an answer", "60 seconds"] },
            { key: "total", cells: ["A whole call", "10 minutes"] },
          ]}
        />
      ),
    },
    {
      id: "rate-limits",
      title: "Rate limits",
      body: (
        <>
          <p>
            Limits of requests, tokens, calls at once and money belong to a key or to your workspace. A dedicated service has none of its
            own: how much it answers depends on its instances alone.
          </p>
          <p>
            Answers tell where you stand: <code>x-ratelimit-limit-requests</code>, <code>x-ratelimit-remaining-requests</code> and{" "}
            <code>x-ratelimit-reset-requests</code>, and the same three for <code>tokens</code>. <code>GET /v1/key</code> tells everything
            at once.
          </p>
        </>
      ),
    },
    {
      id: "form",
      title: "Form of an error",
      body: (
        <>
          <p>Whatever goes wrong, the answer has this form. The message says what to do; code is what programs should look at.</p>
          <Snippet
            label="JSON"
            code={`{
  "error": {
    "message": "The service u-1100a15812cc/qwen2 is not ready. State: Stopped. Start it in the console first.",
    "type": "server_error",
    "param": "model",
    "code": "service_not_ready"
  }
}`}
          />
          <p>
            The header <code>x-request-id</code> names the call. Quote it when you ask for help.
          </p>
        </>
      ),
    },
    {
      id: "retry",
      title: "When to try again",
      body: (
        <ul>
          <li>
            <code>retry-after</code> says after how many seconds trying again makes sense.
          </li>
          <li>
            <code>x-should-retry: false</code> says that the same call will fail again. The official SDKs obey it.
          </li>
          <li>Without either, try 5xx and 429 again after a pause that doubles each time; other codes need a different request.</li>
          <li>A call that failed before its answer began costs nothing.</li>
        </ul>
      ),
    },
    {
      id: "codes",
      title: "Codes",
      body: errorTables({
        head: ["Code", "Meaning"],
        groups: {
          request: "The request has to change",
          rights: "Key or name do not fit",
          limits: "A limit or the balance is reached",
          model: "The model does not answer",
          platform: "The platform has a fault",
        },
        meaning: errorMeaning,
      }),
    },
  ],
};
