import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable } from "../../prose.tsx";

export const keys: DocsChapter = {
  slug: "keys",
  title: "API keys",
  summary: "Create keys, bound what they may do, and replace them without an outage.",
  sections: () => [
    {
      id: "create",
      title: "Create a key",
      body: (
        <p>
          Under <Link href="/keys">API keys</Link> choose Create key and give it a name, such as the program that will use it. The key works
          from that moment, for all models and services of your workspace, unless you limit it. It is shown once; afterwards the list shows
          only its beginning and its end.
        </p>
      ),
    },
    {
      id: "limits",
      title: "Limit a key",
      body: (
        <>
          <p>Each of these is optional, and can be changed later. What is left empty is not limited.</p>
          <FactTable
            label="Limits of a key"
            head={["Limit", "What it does"]}
            rows={[
              { key: "expiry", cells: ["Expires", "After this day calls with the key are refused"] },
              { key: "models", cells: ["Models", "Only these models and services can be called"] },
              { key: "addresses", cells: ["Addresses", "Calls from elsewhere are refused; IP addresses and ranges"] },
              { key: "requests", cells: ["Requests per minute", "Counted over the last 60 seconds"] },
              { key: "tokens", cells: ["Tokens per minute", "Input and output together, over the last 60 seconds"] },
              { key: "concurrency", cells: ["Calls at once", "How many calls may run at the same time"] },
              { key: "budget", cells: ["Budget per day and month", "An amount of money; days and months are those of UTC"] },
            ]}
          />
        </>
      ),
    },
    {
      id: "rotate",
      title: "Rotate a key",
      body: (
        <>
          <p>
            To replace a key without an outage, rotate it: you get a new key with the same name and limits, and the old one works on for a
            while.
          </p>
          <ol>
            <li>Open the menu of the key and choose Rotate. Choose how long the old key still works, up to 90 days.</li>
            <li>Put the new key into your programs.</li>
            <li>See on the old key’s page when it was last used. Once nothing uses it, end its time early.</li>
          </ol>
        </>
      ),
    },
    {
      id: "disable",
      title: "Disable or delete a key",
      body: (
        <p>
          Disable refuses all calls with the key until you enable it again. Delete is for good. Both take effect before the console answers:
          from then on no call with the key is let in. If a key may have leaked, delete it first and look into it afterwards.
        </p>
      ),
    },
  ],
};
