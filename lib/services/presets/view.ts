import type { PresetView } from "#lib/contracts/conversations.ts";
import { samplingParameters } from "#lib/contracts/trial.ts";
import type { Preset } from "#prisma/generated/client.ts";

export function presetViewOf({ id, name, systemPrompt, parameters }: Preset): PresetView {
  return { id, name, systemPrompt, parameters: samplingParameters.safeParse(parameters).data ?? {} };
}
