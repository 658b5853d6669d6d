import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable, Snippet } from "../../prose.tsx";

export const calling: DocsChapter = {
  slug: "models",
  title: "Calling models",
  summary: "Endpoints, names and keys of a call, and what can be called.",
  sections: (facts) => [
    {
      id: "endpoints",
      title: "Endpoints",
      body: (
        <>
          <p>The endpoint is the address that your program sends its requests to. Which one it is depends on how the model is hosted:</p>
          <FactTable
            label="Endpoints"
            head={["Hosting", "Endpoint"]}
            rows={[
              { key: "token", cells: ["MaaS by token", <code key="url">{facts.chatEndpoint}</code>] },
              { key: "dedicated", cells: [`Dedicated service, region ${facts.region}`, <code key="url">{facts.regionEndpoint}</code>] },
            ]}
          />
          <p>
            Each model and each service shows its own endpoint on its page, ready to copy. Endpoints answer with and without{" "}
            <code>/v1</code> at the end, so that old and new SDKs both work.
          </p>
        </>
      ),
    },
    {
      id: "names",
      title: "Access names",
      body: (
        <>
          <p>The parameter model of a call takes an access name. It tells whose service you mean:</p>
          <FactTable
            label="Access names"
            head={["Hosting", "Form", "Example", "Where to find it"]}
            rows={[
              {
                key: "token",
                cells: [
                  "MaaS by token",
                  <code key="form">public/&lt;model&gt;</code>,
                  <code key="example">{facts.accessName}</code>,
                  "On the model’s page in the catalog",
                ],
              },
              {
                key: "dedicated",
                cells: [
                  "Dedicated service",
                  <code key="form">&lt;workspace&gt;/&lt;service&gt;</code>,
                  <code key="example">{facts.ownName}</code>,
                  "In the list of your model services",
                ],
              },
            ]}
          />
        </>
      ),
    },
    {
      id: "authentication",
      title: "Authentication",
      body: (
        <>
          <p>Every request carries an API key in the header Authorization:</p>
          <Snippet label="HTTP" code="Authorization: Bearer YOUR_API_KEY" />
          <p>
            You create keys under <Link href="/keys">API keys</Link>. Keep them on your own server: whoever has one calls at your expense,
            so leave it out of web pages and apps.
          </p>
        </>
      ),
    },
    {
      id: "samples",
      title: "Samples",
      body: (
        <>
          <p>The same call with curl, Python and Node.js, in one piece and as a stream:</p>
          {facts.callExample}
        </>
      ),
    },
    {
      id: "routes",
      title: "What can be called",
      body: (
        <>
          <FactTable
            label="What can be called"
            head={["Request", "What it does"]}
            rows={[
              {
                key: "chat",
                cells: [<code key="path">POST /v1/chat/completions</code>, "Answers a conversation, with text or images as input"],
              },
              {
                key: "completions",
                cells: [<code key="path">POST /v1/completions</code>, "Goes on with a text: the older form, for chat models too"],
              },
              {
                key: "embeddings",
                cells: [<code key="path">POST /v1/embeddings</code>, "Turns texts into vectors, with embedding models"],
              },
              { key: "images", cells: [<code key="path">POST /v1/images/generations</code>, "Draws images, with image generation models"] },
              { key: "models", cells: [<code key="path">GET /v1/models</code>, "Lists what this key can call at this moment"] },
              { key: "key", cells: [<code key="path">GET /v1/key</code>, "Tells what the key may do and what is left of its limits"] },
              {
                key: "usage",
                cells: [<code key="path">GET /v1/usage/&lt;request id&gt;</code>, "The receipt of a call: its tokens × price = amount"],
              },
            ]}
          />
          <p>
            Requests and answers have the form of the OpenAI API. Every answer has a <code>finish_reason</code> and, unless it is a stream
            without <code>stream_options</code>, the <code>usage</code> of its tokens. Its header <code>x-request-id</code> names the call.
          </p>
        </>
      ),
    },
    {
      id: "streaming",
      title: "Streaming",
      body: (
        <p>
          With <code>"stream": true</code> the answer arrives piece by piece as server-sent events and ends with <code>data: [DONE]</code>.
          Set <code>{'"stream_options": {"include_usage": true}'}</code> to get the token counts in the last event. Where an answer breaks
          off half-way, the last event holds an <code>error</code> instead.
        </p>
      ),
    },
    {
      id: "old-sdks",
      title: "Older SDKs",
      body: (
        <>
          <p>Programs for the Python SDK before 1.0 run unchanged but for key, address and model:</p>
          {facts.oldSample}
        </>
      ),
    },
  ],
};
