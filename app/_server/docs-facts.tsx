import "server-only";
import type { DocsFacts } from "#components/docs/chapter.ts";
import { CallExample } from "#components/samples/call-example.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { endpointUrl } from "#lib/config.ts";
import { oldPythonCompletion } from "#lib/samples/old-sdk.ts";
import { keyPlaceholder } from "#lib/samples/sample-texts.ts";
import type { Actor, Context } from "#lib/services/context.ts";
import { listRegions } from "#lib/services/models/regions.ts";
import { callTarget } from "./call-target.ts";
import { highlight } from "./highlight.ts";
import { runtime } from "./runtime.ts";
import { buildSamples } from "./samples.ts";

/** Where nothing can be called, samples still show how a name looks. */
const anyModel = "public/hydra-tiny";

/** What the documentation says about this installation and its reader. */
export async function docsFacts(ctx: Context & { actor: Actor }): Promise<DocsFacts> {
  const [target, regions] = await Promise.all([callTarget(ctx), listRegions({ ctx })]);
  const accessName = target.accessName ?? anyModel;
  const region = regions.items[0]?.name ?? "local";
  const { workspaceName } = ctx.actor;
  const [samples, oldSample] = await Promise.all([
    buildSamples({ endpoint: target.endpoint, accessName }),
    oldSampleView(target.endpoint, accessName),
  ]);
  return {
    chatEndpoint: target.endpoint,
    regionEndpoint: endpointUrl(ctx.config, region),
    region,
    accessName,
    ownName: `${workspaceName}/my-model`,
    workspace: workspaceName,
    supportUrl: runtime().config.supportUrl,
    callExample: <CallExample samples={samples} />,
    oldSample,
  };
}

async function oldSampleView(endpoint: string, accessName: string) {
  const code = oldPythonCompletion({ base: endpoint.replace(/\/v1$/, ""), accessName, apiKey: keyPlaceholder });
  const label = "Python, openai 0.28";
  const editRows = code.split("\n").flatMap((line, row) => (line.includes(keyPlaceholder) ? [row] : []));
  return <CodeBlock label={label} samples={[{ id: "old", label, code, editRows, lines: await highlight(code, "python") }]} />;
}
