import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";

export const pricing: DocsChapter = {
  slug: "pricing",
  title: "Pricing and billing",
  summary: "What is charged, when, and what happens when the balance runs out.",
  sections: () => [
    {
      id: "by-token",
      title: "Calls by token",
      body: (
        <>
          <p>
            Each model has a price for input, for cached input and for output, quoted per 1M tokens with the figure per 1K beside it. Image
            generation is charged by the image. All prices stand on the page <Link href="/pricing">Pricing</Link>.
          </p>
          <ul>
            <li>A call is charged from the first piece of its answer on. What fails before that costs nothing.</li>
            <li>If you leave while an answer is being written, you pay for its input and for what had been written.</li>
            <li>Input that the model has kept from an earlier call is charged at the cached price.</li>
            <li>
              <code>GET /v1/usage/&lt;request id&gt;</code> is a call’s receipt: quantity × price = amount, line by line.
            </li>
          </ul>
        </>
      ),
    },
    {
      id: "holds",
      title: "What is set apart before a call",
      body: (
        <p>
          Before a call by token starts, the most that it may cost is set apart from your balance: its input, and output up to{" "}
          <code>max_tokens</code> or the length of the context. Afterwards you are charged what it really cost, never more than was set
          apart. So a small <code>max_tokens</code> lets more calls run side by side on a small balance.
        </p>
      ),
    },
    {
      id: "by-instance",
      title: "Dedicated instances",
      body: (
        <>
          <p>
            Price is set by region and instance type, and quoted per hour. An instance is billed by the second, from the moment it is ready
            until it has stopped: price per hour × seconds ÷ 3,600, rounded down. Waiting, downloading and starting cost nothing. Calls cost
            nothing extra.
          </p>
          <ul>
            <li>Scaling, stopping and deleting take effect at the second they are done.</li>
            <li>An instance that breaks within its first minute costs nothing; a later one is billed until it broke.</li>
            <li>To deploy or to scale up, your balance must cover one minute of all your instances.</li>
          </ul>
        </>
      ),
    },
    {
      id: "arrears",
      title: "When the balance runs out",
      body: (
        <>
          <p>
            Calls by token are refused with <code>credit_balance_exhausted</code>. Running answers are finished.
          </p>
          <p>
            Running instances stand on a minute that is set apart in advance. When the next minute is not covered, your dedicated services
            are Suspended: their instances end, and nothing more is billed. Once there is credit again they start by themselves.
          </p>
        </>
      ),
    },
    {
      id: "changes",
      title: "When a price changes",
      body: (
        <p>
          A new price holds from its date on, never for what was used before. Calls keep the price they began with; of a running instance
          the seconds before the change are billed at the old price and those after it at the new one.
        </p>
      ),
    },
  ],
};
