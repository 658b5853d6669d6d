import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";

export const questions: DocsChapter = {
  slug: "questions",
  title: "Questions and answers",
  summary: "What people ask first.",
  sections: (facts) => [
    {
      id: "which-way",
      title: "How should I choose the way of calling?",
      body: (
        <p>
          By token for light or occasional use: there is nothing to deploy, and you pay for what you call. A dedicated service for steady,
          heavy use: its instances answer you alone, and the price does not depend on the number of calls.
        </p>
      ),
    },
    {
      id: "find-key",
      title: "How do I see my API key?",
      body: (
        <p>
          Keys are listed under <Link href="/keys">API keys</Link>, each with its beginning and its end. The whole key is shown only when it
          is created. If you no longer have it, create another, or rotate it: that makes a new one with the same limits.
        </p>
      ),
    },
    {
      id: "find-name",
      title: "Where do I find the name of a model?",
      body: (
        <ul>
          <li>
            By token it is <code>public/&lt;model&gt;</code>, such as <code>{facts.accessName}</code>, and stands on the model’s page in the{" "}
            <Link href="/models">catalog</Link>.
          </li>
          <li>
            For a service of your own it begins with your workspace, such as <code>{facts.ownName}</code>, and can be copied from the list
            of <Link href="/services">model services</Link>.
          </li>
        </ul>
      ),
    },
    {
      id: "instance-price",
      title: "How is the price of dedicated instances made up?",
      body: (
        <p>
          By region, instance type and time, to the second. The list is on the page <Link href="/pricing">Pricing</Link>, the rules are
          under <Link href="/docs/pricing#by-instance">Pricing and billing</Link>.
        </p>
      ),
    },
    {
      id: "slow",
      title: "My service is slow or refuses calls. What can I do?",
      body: (
        <p>
          Its page shows how many requests are in flight. Where all instances are busy, <Link href="/docs/services#scale">scale it</Link>.
          Where a single answer is slow, choose a larger instance type with Retry.
        </p>
      ),
    },
    {
      id: "catalog-grey",
      title: "Why can a model of the catalog not be tried or deployed?",
      body: (
        <p>
          Some models are offered in one of the two ways only; their page says which. Others need weights, machines or a public service that
          this installation does not have yet. The button says why, and an operator can change it.
        </p>
      ),
    },
    {
      id: "compatible",
      title: "Which SDKs work?",
      body: (
        <p>
          Every SDK and tool that speaks the OpenAI API and lets you set the base URL. Give it <code>{facts.chatEndpoint}</code> and your
          key.
        </p>
      ),
    },
    {
      id: "engine-limits",
      title: "Why is a parameter refused that other services take?",
      body: (
        <p>
          Models that this installation runs on its own machine do not give log probabilities, and take neither <code>logit_bias</code> nor
          grammars such as <code>guided_regex</code>: a call with one of them is refused rather than answered as if it were not there. To
          hold an answer to a form, use <code>response_format</code> with a JSON schema.
        </p>
      ),
    },
  ],
};
