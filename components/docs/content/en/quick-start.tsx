import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable } from "../../prose.tsx";

export const quickStart: DocsChapter = {
  slug: "quick-start",
  title: "Quick start",
  summary: "From an account to the first answer in three steps.",
  sections: (facts) => [
    {
      id: "choose",
      title: "Two ways to use a model",
      body: (
        <>
          <p>A model answers through a model service. Either you share one that runs already, or you have one of your own:</p>
          <FactTable
            label="Two ways to use a model"
            head={["Compared", "MaaS by token", "Dedicated model service"]}
            rows={[
              { key: "who", cells: ["Instances", "Shared by everybody, run by the platform", "Yours alone, started when you deploy"] },
              {
                key: "billed",
                cells: ["You pay for", "The tokens of each call, or its images", "Each instance, by the second; calls cost nothing extra"],
              },
              {
                key: "fits",
                cells: ["Fits", "Trying things out, light or occasional use", "Steady, heavy use, and answers that must come fast"],
              },
              { key: "limit", cells: ["Number of calls", "As far as balance and limits go", "Not limited"] },
            ]}
          />
        </>
      ),
    },
    {
      id: "try",
      title: "1. Try a model here",
      body: (
        <p>
          Open the <Link href="/playground">Playground</Link>, choose a model and write to it. Nothing has to be set up. Below each answer
          you see its tokens, its speed and what it cost.
        </p>
      ),
    },
    {
      id: "key",
      title: "2. Create an API key",
      body: (
        <p>
          Programs prove with a key that they are yours. Go to <Link href="/keys?create=1">API keys</Link>, choose Create key and copy the
          key at once: it is shown only this one time.
        </p>
      ),
    },
    {
      id: "call",
      title: "3. Call the model",
      body: (
        <>
          <p>
            Set the endpoint <code>{facts.chatEndpoint}</code> and your key in any OpenAI SDK, or run one of these samples. They are right
            for this installation; only the marked line needs your key.
          </p>
          {facts.callExample}
        </>
      ),
    },
    {
      id: "next",
      title: "What next",
      body: (
        <ul>
          <li>
            <Link href="/models">Model catalog</Link>: what there is, with prices and samples for each model.
          </li>
          <li>
            <Link href="/docs/services">Model services</Link>: instances of your own.
          </li>
          <li>
            <Link href="/docs/errors">Limits and errors</Link>: what an answer that is not 200 means, and when to try again.
          </li>
        </ul>
      ),
    },
  ],
};
