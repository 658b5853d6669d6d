import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable } from "../../prose.tsx";
import { serviceStates } from "./service-states.ts";

export const services: DocsChapter = {
  slug: "services",
  title: "Model services",
  summary: "Deploy a model on instances of your own, scale it, stop it and delete it.",
  sections: (facts) => [
    {
      id: "deploy",
      title: "Deploy a model",
      body: (
        <>
          <p>A model service turns an open or a fine-tuned model into something that programs can call, without your tending machines.</p>
          <ol>
            <li>
              Choose <Link href="/services/new">Deploy a model</Link>, or Deploy on a model’s page.
            </li>
            <li>
              Give it a name. Calls use it as the second half of the access name: <code>{facts.ownName}</code>.
            </li>
            <li>
              Choose a region, an instance type and the number of instances. The fee per hour is shown before you confirm, and how long a
              request each type takes.
            </li>
            <li>Deploy. The page of the service tells what is happening until it is Running.</li>
          </ol>
          <p>
            A name has 2 to 64 characters: a–z, 0–9, hyphens and, inside, dots. It begins with a letter, ends with a letter or digit, and is
            unique in your workspace.
          </p>
        </>
      ),
    },
    {
      id: "details",
      title: "What the page of a service shows",
      body: (
        <>
          <FactTable
            label="What the page of a service shows"
            head={["Entry", "Meaning"]}
            rows={[
              { key: "name", cells: ["Model service name", "The name you gave it"] },
              { key: "access", cells: ["Model access name", "The name that calls use; nobody else has it"] },
              { key: "id", cells: ["Model service ID", "For billing and tracking; it stays the same whatever changes"] },
              { key: "base", cells: ["Base model", "The model behind it"] },
              { key: "count", cells: ["Instance count", "How many instances are ready, and how many you asked for"] },
              { key: "status", cells: ["Status", "What it is doing now, and why where it does not run"] },
              {
                key: "context",
                cells: [
                  "Context",
                  "Tokens of one request, prompt and answer together: the model’s, or as many as its instances’ memory holds",
                ],
              },
            ]}
          />
          <p>
            Beside that it has samples that call this very service, the instances with their logs, what has happened, figures over time
            (requests, tokens per second, time to first token, errors) and what it has cost.
          </p>
        </>
      ),
    },
    {
      id: "states",
      title: "States",
      body: (
        <FactTable
          label="States"
          head={["State", "Meaning"]}
          rows={Object.entries(serviceStates).map(([key, { name, text }]) => ({ key, cells: [name, text] }))}
        />
      ),
    },
    {
      id: "scale",
      title: "Scale",
      body: (
        <>
          <p>When answers become slow or calls are refused because all instances are busy, add instances:</p>
          <ol>
            <li>In the list of model services open the menu at the right of its row and choose Scale.</li>
            <li>Enter how many to add, such as 2. A negative number removes instances; at least 1 stays.</li>
            <li>Look at the change and the new price per hour, then choose Confirm.</li>
          </ol>
          <p>An added instance is billed from the second it is ready. A removed one first finishes the calls that it is working on.</p>
        </>
      ),
    },
    {
      id: "stop",
      title: "Stop and start",
      body: (
        <p>
          Stop ends all instances and with them the billing; name, settings and access name are kept. Calls are refused until you choose
          Start. Stopping takes effect once the running calls are finished.
        </p>
      ),
    },
    {
      id: "retry",
      title: "Retry",
      body: (
        <p>
          A service that cannot start is tried again by itself, after a pause that grows. Retry does it at once. You can change the instance
          type or the number of instances with it, where that stood in the way.
        </p>
      ),
    },
    {
      id: "delete",
      title: "Delete",
      body: (
        <>
          <ol>
            <li>In the list of model services open the menu at the right of its row and choose Delete.</li>
            <li>Type the name of the service, then choose Delete.</li>
          </ol>
          <p>Serving stops and billing ends when its instances have stopped. This cannot be undone; the name is free again afterwards.</p>
        </>
      ),
    },
  ],
};
